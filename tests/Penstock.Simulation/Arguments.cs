using System.Globalization;
using Penstock.Simulation.Mutants;

namespace Penstock.Simulation;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    private const string Help = """
        Runs the real engine in simulated time under injected faults.

          --seeds N        seeds to run (1000)
          --from N         the first of them (1)
          --seed N         one seed only
          --trace          with --seed: print everything that happens
          --trace-hash     with --seed: print a hash of everything that happens
          --threads N      seeds run at once (one per processor)
          --mutants        check that each switchable bug is caught; with --seeds N: within N seeds (1000)
          --mutant NAME    run with one of these bugs
          --self-check     check that a seed is the same run in two processes
        """;

    public int? Seeds { get; private set; }
    public int From { get; private set; } = 1;
    public int? Seed { get; private set; }
    public bool Traces { get; private set; }
    public bool Hashes { get; private set; }
    public int Threads { get; private set; } = Environment.ProcessorCount;
    public bool Mutants { get; private set; }
    public string? Mutant { get; private set; }
    public bool ChecksItself { get; private set; }

    /// <returns>Null: something is not understood.</returns>
    public static Arguments? Parse(string[] args)
    {
        Arguments parsed = new();
        Queue<string> left = new(args);
        while (left.TryDequeue(out string? name))
        {
            bool understood = name switch
            {
                "--seeds" => Number(left, out int n) && (parsed.Seeds = n) > 0,
                "--from" => Number(left, out int n) && (parsed.From = n) >= 0,
                "--seed" => Number(left, out int n) && (parsed.Seed = n) >= 0,
                "--threads" => Number(left, out int n) && (parsed.Threads = n) > 0,
                "--trace" => parsed.Traces = true,
                "--trace-hash" => parsed.Hashes = true,
                "--mutants" => parsed.Mutants = true,
                "--mutant" => left.TryDequeue(out string? mutant) && (parsed.Mutant = mutant) is not null,
                "--self-check" => parsed.ChecksItself = true,
                _ => false,
            };
            if (!understood)
                return null;
        }
        return parsed;
    }

    public static int Explain()
    {
        Console.WriteLine(Help);
        return 2;
    }

    /// <returns>The exit code.</returns>
    public int Run()
    {
        Mutant? mutant = Mutant is null ? null : MutantList.All.FirstOrDefault(m => m.Name == Mutant);
        if (Mutant is not null && mutant is null)
            return Explain();
        if (ChecksItself)
            return SelfCheck.Run(From, Seeds ?? 5);
        if (Mutants)
            return MutantRun.Run(From, Seeds ?? 1_000, Threads);
        return Seed is { } seed
            ? SeedRun.RunOne(seed, mutant, Traces, Hashes)
            : SeedRun.RunMany(From, Seeds ?? 1_000, Threads, mutant);
    }

    private static bool Number(Queue<string> left, out int number)
    {
        number = 0;
        return left.TryDequeue(out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
