using System.Diagnostics;
using System.Globalization;

namespace Penstock.Simulation.Mutants;

/// <summary>Runs each mutant until the simulation catches it, and prints a table of how many seeds that took.</summary>
internal static class MutantRun
{
    public static int Run(int from, int seeds, int threads)
    {
        int caught = 0;
        List<int> tried = [];
        long began = Stopwatch.GetTimestamp();
        Console.WriteLine($"{"",-7} {"mutant",-34} {"by",-4} {"seed",5} {"tried",5} {"s",6}  what was seen");
        foreach (Mutant mutant in MutantList.All)
        {
            Catch result = RunOne(mutant, from, seeds, threads);
            caught += result.IsExpected ? 1 : 0;
            tried.Add(result.Tried);
            Console.WriteLine(result.Line());
        }
        // Of one line each, so that a log can be compared with the last one.
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seeds per mutant: {tried.Average():0.0} on average, {tried.Max()} at most; {MutantList.All.Count} mutants in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        Console.WriteLine($"{caught} passed, {MutantList.All.Count - caught} failed, 0 skipped");
        return caught == MutantList.All.Count ? 0 : 1;
    }

    private static Catch RunOne(Mutant mutant, int from, int seeds, int threads)
    {
        Lock gate = new();
        List<SeedResult> found = [];
        int tried = 0;
        long began = Stopwatch.GetTimestamp();
        SeedRun.ForEach(
            Enumerable.Range(from, seeds), threads,
            seed =>
            {
                SeedResult result = Simulation.Run(seed, mutant);
                lock (gate)
                {
                    tried++;
                    if (result.Violation is not null)
                        found.Add(result);
                    return found.Count == 0;
                }
            });
        return new Catch(mutant, found.MinBy(r => r.Seed), tried, Stopwatch.GetElapsedTime(began));
    }

    /// <param name="First">The lowest seed that saw it; null: none did.</param>
    private sealed record Catch(Mutant Mutant, SeedResult? First, int Tried, TimeSpan Took)
    {
        public bool IsExpected => First?.Violation is { } violation && Mutant.Breaks.Contains(violation.Invariant);

        public string Line()
        {
            string verdict = First is null ? "MISSED" : IsExpected ? "caught" : "STRAYED";
            string seen = First?.Violation?.What.Split('\n')[0]
                ?? (Mutant.ChangesStatements && Mutant.Hits == 0 ? "it changes no statement any more" : "nothing");
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{verdict,-7} {Mutant.Name,-34} {First?.Violation?.Invariant ?? "-",-4} {First?.Seed.ToString(CultureInfo.InvariantCulture) ?? "-",5} {Tried,5} {Took.TotalSeconds,6:0.0}  {seen}");
        }
    }
}
