using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Penstock.Conformance.Model;

/// <summary>Random commands against a store and against a model of it; after each step all that can be seen must be equal.</summary>
/// <remarks>
/// Longer: <c>PENSTOCK_MODEL_SEQUENCES=20000</c>. One seed: <c>PENSTOCK_MODEL_SEED=17</c>. A failure prints the shortest sequence found.
/// </remarks>
public abstract class ModelConformance(ITestOutputHelper output)
{
    private const int CommandsPerSequence = 60;
    private const int AtOnce = 4;
    private const string SequencesVariable = "PENSTOCK_MODEL_SEQUENCES";
    private const string SeedVariable = "PENSTOCK_MODEL_SEED";

    protected abstract int Sequences { get; }

    /// <summary>An empty place for one sequence.</summary>
    protected abstract string NewStorePath();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_does_what_the_model_of_it_does()
    {
        int sequences = Number(SequencesVariable) ?? Sequences;
        (int first, int last) = Number(SeedVariable) is { } seed ? (seed, seed) : (1, sequences);
        long began = Stopwatch.GetTimestamp();
        ConcurrentDictionary<string, int> done = [];
        // Some at a time: each waits for its store's writer most of the time.
        await Parallel.ForAsync(
            first, last + 1, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel },
            async (i, _) =>
            {
                List<Command> commands = new CommandGenerator(i).Draw(CommandsPerSequence);
                commands.ForEach(c => done.AddOrUpdate(c.GetType().Name, 1, (_, n) => n + 1));
                if (await RunAsync(commands) is { } wrong)
                    Assert.Fail(await ExplainAsync(i, commands, wrong));
            });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{last - first + 1} sequences of {CommandsPerSequence} commands in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s: {string.Join(", ", done.OrderByDescending(d => d.Value).Select(d => $"{d.Key} {d.Value}"))}"));
    }

    private async Task<string> ExplainAsync(int seed, List<Command> commands, string wrong)
    {
        (IReadOnlyList<Command> least, string why) = await Shrinker.ShrinkAsync(commands, wrong, RunAsync);
        return $"""
            Store and model differ {why}
            Seed {seed} (again: {SeedVariable}={seed}); {commands.Count} commands, shrunk to {least.Count}:
              {string.Join("\n  ", least.Select((command, i) => $"{i + 1,2} {command}"))}
            """;
    }

    private async Task<string?> RunAsync(IReadOnlyList<Command> commands)
    {
        await using ModelRun run = await ModelRun.StartAsync(NewStorePath());
        return await run.RunAsync(commands, Cancel);
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
