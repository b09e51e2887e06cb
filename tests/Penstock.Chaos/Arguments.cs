using System.Globalization;

namespace Penstock.Chaos;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    private const string Help = """
        Runs jobs with many worker processes on one store, kills some of them, and checks what became of every job.

          --workers N            worker processes (4)
          --slots N              jobs each runs at once (4)
          --jobs N               jobs to enqueue, spread over the minutes (4000)
          --minutes M            how long to enqueue and kill (0.5)
          --failures R           part of the jobs that fail once; half as many fail for good (0.02)
          --cancellations R      part of the jobs that are cancelled some time (0.01)
          --kills-per-minute K   kill -9 of a random worker, restarted at once (6)
          --store KIND           sqlite, or postgres: a server of its own, on loopback (sqlite)
          --faults A,B           of postgres, one after the other: restart, crash, backends, pool, freeze, partition, or all (none)
          --lease-seconds S      after which a silent worker counts as dead (15)
          --seed N               of all random choices (1)
          --keep                 leave the folder with database, logs and journals
        """;

    public int Workers { get; private set; } = 4;
    public int Slots { get; private set; } = 4;
    public int Jobs { get; private set; } = 4_000;
    public double Minutes { get; private set; } = 0.5;
    public double Failures { get; private set; } = 0.02;
    public double Cancellations { get; private set; } = 0.01;
    public double KillsPerMinute { get; private set; } = 6;
    public bool OnPostgres { get; private set; }
    public IReadOnlyList<string> Faults { get; private set; } = [];
    public int LeaseSeconds { get; private set; } = 15;
    public int Seed { get; private set; } = 1;
    public bool Keep { get; private set; }

    public TimeSpan Duration => TimeSpan.FromMinutes(Minutes);

    /// <returns>Null: something is not understood.</returns>
    public static Arguments? Parse(string[] args)
    {
        Arguments parsed = new();
        Queue<string> left = new(args);
        while (left.TryDequeue(out string? name))
        {
            bool understood = name switch
            {
                "--workers" => Number(left, 1, 256, n => parsed.Workers = (int)n),
                "--slots" => Number(left, 1, 1_024, n => parsed.Slots = (int)n),
                "--jobs" => Number(left, 1, 10_000_000, n => parsed.Jobs = (int)n),
                "--minutes" => Number(left, 0.01, 10_000, n => parsed.Minutes = n),
                "--failures" => Number(left, 0, 1, n => parsed.Failures = n),
                "--cancellations" => Number(left, 0, 1, n => parsed.Cancellations = n),
                "--kills-per-minute" => Number(left, 0, 600, n => parsed.KillsPerMinute = n),
                "--store" => left.TryDequeue(out string? kind) && kind is "sqlite" or "postgres" && SetStore(kind == "postgres"),
                "--faults" => left.TryDequeue(out string? names) && SetFaults(names),
                "--lease-seconds" => Number(left, 3, 3_600, n => parsed.LeaseSeconds = (int)n),
                "--seed" => Number(left, 0, int.MaxValue, n => parsed.Seed = (int)n),
                "--keep" => parsed.Keep = true,
                _ => false,
            };
            if (!understood)
                return null;
        }
        return parsed.Faults.Count == 0 || parsed.OnPostgres ? parsed : null;

        bool SetStore(bool postgres)
        {
            parsed.OnPostgres = postgres;
            return true;
        }

        bool SetFaults(string names)
        {
            parsed.Faults = names == "all" ? Chaos.Faults.Names : names.Split(',');
            return parsed.Faults.All(Chaos.Faults.Names.Contains);
        }
    }

    public static int Explain()
    {
        Console.WriteLine(Help);
        return 2;
    }

    private static bool Number(Queue<string> left, double min, double max, Action<double> set)
    {
        if (!left.TryDequeue(out string? text) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            || number < min || number > max)
            return false;
        set(number);
        return true;
    }
}
