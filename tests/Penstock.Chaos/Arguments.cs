using System.Globalization;

namespace Penstock.Chaos;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    private static readonly string Help = $"""
        Runs jobs with many worker processes on one store, kills some of them, and checks what became of every job.

          --workers N            worker processes (4)
          --slots N              jobs each runs at once (4)
          --jobs N               jobs to enqueue, spread over the minutes (4000)
          --minutes M            how long to enqueue and kill (0.5)
          --failures R           part of the jobs that fail once; half as many fail for good (0.02)
          --cancellations R      part of the jobs that are cancelled some time (0.01)
          --kills-per-minute K   kill -9 of a random worker, restarted at once (6)
          --batches R            part of the jobs that are batches of 20 items, of which some fail (0.01)
          --retain-minutes M     what has ended is removed after them, and memory and space must stay bounded (0: all is kept)
          --store KIND           sqlite, or postgres (sqlite)
          --transport KIND       store: workers wake each other as the store has it; or rabbitmq (store)
          --artifacts KIND       none, or s3: a tenth of the jobs store a file and read it back (none)
          --faults A,B           one after the other, or all that the servers in use can suffer (none):
                                 of postgres: {string.Join(", ", Chaos.Faults.Of(Chaos.Servers.OfDatabase))}
                                 of rabbitmq: {string.Join(", ", Chaos.Faults.Of(Chaos.Servers.OfBroker))}
                                 of s3: {string.Join(", ", Chaos.Faults.Of(Chaos.Servers.OfArtifacts))}
          --lease-seconds S      after which a silent worker counts as dead (15)
          --seed N               of all random choices (1)
          --keep                 leave the folder with database, logs and journals

        PostgreSQL, RabbitMQ and S3 are servers of its own, on loopback; they must be installed.
        """;

    public int Workers { get; private set; } = 4;
    public int Slots { get; private set; } = 4;
    public int Jobs { get; private set; } = 4_000;
    public double Minutes { get; private set; } = 0.5;
    public double Failures { get; private set; } = 0.02;
    public double Cancellations { get; private set; } = 0.01;
    public double KillsPerMinute { get; private set; } = 6;
    public double Batches { get; private set; } = 0.01;
    public double RetainMinutes { get; private set; }

    /// <summary>What is started besides workers: constants of <see cref="Chaos.Servers"/>.</summary>
    public HashSet<string> Servers { get; } = [];
    public IReadOnlyList<string> Faults { get; private set; } = [];
    public int LeaseSeconds { get; private set; } = 15;
    public int Seed { get; private set; } = 1;
    public bool Keep { get; private set; }

    public TimeSpan Duration => TimeSpan.FromMinutes(Minutes);

    /// <summary>The last worker is not killed: it has troubles of its own, or its memory is watched.</summary>
    public bool SparesLastWorker => Faults.Count > 0 || RetainMinutes > 0;

    /// <returns>Null: something is not understood.</returns>
    public static Arguments? Parse(string[] args)
    {
        Arguments parsed = new();
        string? faults = null;
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
                "--batches" => Number(left, 0, 1, n => parsed.Batches = n),
                "--retain-minutes" => Number(left, 0, 10_000, n => parsed.RetainMinutes = n),
                "--store" => Server(left, "sqlite", Chaos.Servers.OfDatabase),
                "--transport" => Server(left, "store", Chaos.Servers.OfBroker),
                "--artifacts" => Server(left, "none", Chaos.Servers.OfArtifacts),
                "--faults" => left.TryDequeue(out faults),
                "--lease-seconds" => Number(left, 3, 3_600, n => parsed.LeaseSeconds = (int)n),
                "--seed" => Number(left, 0, int.MaxValue, n => parsed.Seed = (int)n),
                "--keep" => parsed.Keep = true,
                _ => false,
            };
            if (!understood)
                return null;
        }
        // At the end: the servers may be named after the faults.
        IReadOnlyList<string> possible = Chaos.Faults.Of(parsed.Servers);
        parsed.Faults = faults switch { null => [], "all" => possible, _ => faults.Split(',') };
        return parsed.Faults.All(possible.Contains) ? parsed : null;

        bool Server(Queue<string> left, string none, string server)
        {
            if (!left.TryDequeue(out string? kind) || (kind != none && kind != server))
                return false;
            if (kind == server)
                parsed.Servers.Add(server);
            return true;
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
