using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Input;

namespace Penstock.Bench;

/// <summary>Times one evaluation from compressed files to tables, once, in a process that did nothing before.</summary>
internal static class EvaluatorBench
{
    private const string Usage = "usage: Penstock.Bench evaluator --data DIR [--case human_A/NK] [--json]";

    public static async Task<int> RunAsync(string[] args)
    {
        string? data = null;
        string name = "human_A/NK";
        bool isJson = false;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--data" when i + 1 < args.Length:
                    data = args[++i];
                    break;
                case "--case" when i + 1 < args.Length:
                    name = args[++i];
                    break;
                case "--json":
                    isJson = true;
                    break;
                default:
                    Console.Error.WriteLine(Usage);
                    return 64;
            }
        }
        string[] parts = name.Split('/');
        if (data is null || parts.Length != 2)
        {
            Console.Error.WriteLine(Usage);
            return 64;
        }
        JsonObject arguments = ReadArguments(Path.Combine(data, "cafa", parts[0], "expected", parts[1], "case.json"));
        Print(await MeasureAsync(name, InputsOf(data, arguments), OptionsOf(arguments)), isJson);
        return 0;
    }

    private static async Task<Measurement> MeasureAsync(string name, EvaluationInputs inputs, EvaluationOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        EvaluationTable table = await new CafaEvaluator(TimeProvider.System).EvaluateAsync(
            inputs, options, CancellationToken.None);
        using StringWriter text = new();
        EvaluationTsv.WriteAll(table, text);
        foreach (EvaluationMetric metric in Enum.GetValues<EvaluationMetric>())
            EvaluationTsv.WriteBest(table, metric, text);
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;

        using Process self = Process.GetCurrentProcess();
        double sinceStart = (TimeProvider.System.GetUtcNow() - self.StartTime.ToUniversalTime()).TotalSeconds;
        return new(
            name,
            wall,
            sinceStart,
            self.TotalProcessorTime.TotalSeconds,
            self.PeakWorkingSet64 / 1_048_576.0,
            GC.GetTotalAllocatedBytes() / 1_048_576.0,
            Environment.ProcessorCount,
            text.GetStringBuilder().Length,
            table.Phases.ToDictionary(phase => phase.Name, phase => phase.Elapsed.TotalMilliseconds),
            table.Curves.ToDictionary(
                curve => $"{curve.FileName} {curve.Namespace}",
                curve => Math.Round(curve.Best(EvaluationMetric.F)?.Point.Plain.F ?? double.NaN, 6)));
    }

    private static void Print(Measurement measured, bool isJson)
    {
        if (isJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(measured, JsonSerializerOptions.Web));
            return;
        }
        Console.WriteLine($"case              {measured.Case}");
        Console.WriteLine($"wall              {measured.WallSeconds:F3} s (files to text tables)");
        Console.WriteLine($"wall, process     {measured.ProcessSeconds:F3} s (with the runtime's start)");
        Console.WriteLine($"cpu               {measured.CpuSeconds:F2} s on {measured.Processors} processors");
        Console.WriteLine($"peak memory       {measured.PeakMebibytes:F0} MiB, allocated {measured.AllocatedMebibytes:F0} MiB");
        foreach ((string phase, double milliseconds) in measured.PhaseMilliseconds)
            Console.WriteLine($"  {phase,-20}{milliseconds,8:F1} ms");
        foreach ((string curve, double f) in measured.BestF)
            Console.WriteLine($"  Fmax {curve,-40}{f:F6}");
    }

    private static JsonObject ReadArguments(string path) => JsonNode.Parse(File.ReadAllText(path))!["args"]!.AsObject();

    private static EvaluationInputs InputsOf(string data, JsonObject arguments)
    {
        string? PathOf(string name) => arguments[name] is { } node ? Path.Combine(data, node.GetValue<string>()) : null;
        InputFile? Optional(string name) => PathOf(name) is { } path ? InputFile.AtPath(path) : null;
        return new(
            Optional("obo_file")!, Optional("gt_file")!, EvaluationInputs.PredictionsIn(PathOf("pred_dir")!))
        {
            InformationAccretion = Optional("ia"),
            Known = Optional("known"),
            TermsOfInterest = Optional("toi_file"),
        };
    }

    private static EvaluationOptions OptionsOf(JsonObject arguments) => new()
    {
        Propagation = Enum.Parse<ScorePropagation>(arguments["prop"]?.GetValue<string>() ?? "max", ignoreCase: true),
        Normalization = Enum.Parse<ScoreNormalization>(arguments["norm"]?.GetValue<string>() ?? "cafa", ignoreCase: true),
        NoOrphans = arguments["no_orphans"]?.GetValue<bool>() ?? false,
        ThresholdStep = arguments["th_step"]?.GetValue<double>() ?? 0.01,
        MaxTerms = arguments["max_terms"]?.GetValue<int>(),
        PkCoverage = PkCoverage.Reference,
    };

    private sealed record Measurement(
        string Case,
        double WallSeconds,
        double ProcessSeconds,
        double CpuSeconds,
        double PeakMebibytes,
        double AllocatedMebibytes,
        int Processors,
        int TextCharacters,
        IReadOnlyDictionary<string, double> PhaseMilliseconds,
        IReadOnlyDictionary<string, double> BestF);
}
