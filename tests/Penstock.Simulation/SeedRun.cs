using System.Globalization;
using Penstock.Simulation.Faults;
using Penstock.Simulation.Mutants;

namespace Penstock.Simulation;

/// <summary>Runs seeds, several at once, each on one thread from its beginning to its end.</summary>
internal static class SeedRun
{
    private const int FailuresMax = 5;

    public static int RunOne(int seed, Mutant? mutant, bool traces, bool hashes)
    {
        SeedResult result = Simulation.Run(seed, mutant, traces ? TraceMode.Print : TraceMode.Keep);
        if (hashes)
            Console.WriteLine(result.Digest);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {result.Jobs} jobs, {result.Executions} executions, {result.Steps} steps, {result.Simulated.TotalSeconds:0} simulated seconds"));
        if (result.Violation is not null)
            Report(result, mutant, withLines: !traces);
        return Conclude(result.Violation is null ? 1 : 0, result.Violation is null ? 0 : 1);
    }

    public static int RunMany(int from, int count, int threads, Mutant? mutant)
    {
        Tally tally = new(count);
        ForEach(
            Enumerable.Range(from, count), threads,
            seed =>
            {
                SeedResult result = Simulation.Run(seed, mutant);
                tally.Add(result);
                return tally.Failures.Count < FailuresMax;
            });
        foreach (SeedResult failure in tally.Failures.OrderBy(f => f.Seed))
            Report(Simulation.Run(failure.Seed, mutant, TraceMode.Keep), mutant, withLines: true);
        tally.Print();
        return Conclude(tally.Done - tally.Failures.Count, tally.Failures.Count, count - tally.Done);
    }

    /// <summary>Own threads, so that a continuation on the thread pool stands out.</summary>
    public static void ForEach(IEnumerable<int> seeds, int threads, Func<int, bool> run)
    {
        using IEnumerator<int> next = seeds.GetEnumerator();
        Lock gate = new();
        bool stopped = false;
        List<Thread> running = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work))];
        running.ForEach(t => t.Start());
        running.ForEach(t => t.Join());

        void Work()
        {
            while (true)
            {
                int seed;
                lock (gate)
                {
                    if (stopped || !next.MoveNext())
                        return;
                    seed = next.Current;
                }
                if (!run(seed))
                    Volatile.Write(ref stopped, true);
            }
        }
    }

    private static void Report(SeedResult result, Mutant? mutant, bool withLines)
    {
        Console.WriteLine();
        if (withLines)
        {
            foreach (string line in result.LastLines)
                Console.WriteLine(line);
        }
        Console.WriteLine($"Seed {result.Seed} violates {result.Violation?.Invariant}: {result.Violation?.What}");
        string with = mutant is null ? "" : $" --mutant {mutant.Name}";
        Console.WriteLine($"Again: dotnet run --project tests/Penstock.Simulation -c Release -- --seed {result.Seed}{with} --trace");
        Console.WriteLine();
    }

    private static int Conclude(int passed, int failed, int skipped = 0)
    {
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 ? 0 : 1;
    }

    private sealed class Tally(int count)
    {
        private readonly Lock _lock = new();
        private readonly long _began = TimeProvider.System.GetTimestamp();
        private readonly long[] _faults = new long[Enum.GetValues<FaultKind>().Length];
        private long _steps;
        private long _jobs;
        private long _executions;
        private TimeSpan _simulated;

        public int Done { get; private set; }
        public List<SeedResult> Failures { get; } = [];

        public void Add(SeedResult result)
        {
            lock (_lock)
            {
                Done++;
                _steps += result.Steps;
                _jobs += result.Jobs;
                _executions += result.Executions;
                _simulated += result.Simulated;
                for (int i = 0; i < _faults.Length; i++)
                    _faults[i] += result.Faults[i];
                if (result.Violation is not null)
                {
                    Failures.Add(result);
                    Console.WriteLine($"seed {result.Seed}: {result.Violation.Invariant}");
                }
                if (Done % 500 == 0 && Done < count)
                    Console.WriteLine($"{Done} of {count} seeds, {Failures.Count} failed, {Rate():0.0} seeds/s");
            }
        }

        public void Print()
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Done} seeds, {_jobs} jobs, {_executions} executions, {_steps} steps, {_simulated.TotalHours:0} simulated hours, {Rate():0.0} seeds/s"));
            foreach (FaultKind kind in Enum.GetValues<FaultKind>())
                Console.WriteLine($"  {kind,-18} {_faults[(int)kind],9}");
        }

        private double Rate() => Done / TimeProvider.System.GetElapsedTime(_began).TotalSeconds;
    }
}
