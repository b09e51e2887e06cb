namespace Penstock.Simulation.Mutants;

/// <summary>Runs each mutant until the simulation catches it.</summary>
internal static class MutantRun
{
    public static int Run(int from, int seeds, int threads)
    {
        int caught = 0;
        foreach (Mutant mutant in MutantList.All)
        {
            Lock gate = new();
            List<SeedResult> found = [];
            int tried = 0;
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
            SeedResult? first = found.MinBy(r => r.Seed);
            bool expected = first?.Violation is { } violation && mutant.Breaks.Contains(violation.Invariant);
            caught += expected ? 1 : 0;
            Console.WriteLine(first is null
                ? $"MISSED  {mutant.Name,-32} in {tried} seeds{(mutant.ChangesStatements && mutant.Hits == 0 ? "; it changes no statement any more" : "")}"
                : $"{(expected ? "caught " : "STRAYED")} {mutant.Name,-32} at seed {first.Seed,3}, after {tried} seeds: {first.Violation!.Invariant}: {first.Violation.What}");
        }
        Console.WriteLine($"{caught} passed, {MutantList.All.Count - caught} failed, 0 skipped");
        return caught == MutantList.All.Count ? 0 : 1;
    }
}
