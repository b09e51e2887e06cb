using Penstock.Bench;
using Penstock.Sqlite;

SqliteProcess.SkipMemoryStatistics();

// One program for every benchmark: the first word picks it; the rest are its arguments.
// The queue referee calls it with its own words (setup, enqueue, drain, ...), which all go to the queue contestant.
return args switch
{
    ["artifacts", .. var rest] => await ArtifactBench.RunAsync(rest),
    ["evaluator", .. var rest] => await EvaluatorBench.RunAsync(rest),
    ["knn", .. var rest] => await KnnBench.RunAsync(rest),
    ["processes", .. var rest] => await ProcessesBench.RunAsync(rest),
    ["process-worker", .. var rest] => await ProcessesBench.WorkAsync(rest),
    ["setup" or "enqueue" or "drain" or "latency" or "counts" or "fill", ..] => await QueueContestant.RunAsync(args),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Penstock.Bench artifacts|evaluator|knn|processes|setup|enqueue|drain|latency|counts|fill ...");
    return 64;
}
