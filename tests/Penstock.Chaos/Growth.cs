using System.Globalization;
using Penstock.Sql;

namespace Penstock.Chaos;

/// <summary>The memory of one worker process and the space that the store takes, over the time of the experiment.</summary>
internal sealed class Growth(SqlDatabase database, Settings settings)
{
    private const double Allowed = 1.1;
    private const string TooShort = "no sample in some third of the time: it is too short to tell";

    /// <summary>A table or index below it may have any size.</summary>
    private const long SmallBytes = 4 << 20;

    // Of the engine: the experiment's own table grows as planned.
    private const string SizesSql = """
        select c.relname, pg_relation_size(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = current_schema() and c.relkind in ('r', 'i') and c.relname not like 'chaos%'
        """;

    private readonly List<Sample> _samples = [];

    public async Task<Sample> TakeAsync(TimeSpan at, WorkerProcess worker)
    {
        Sample sample = new(at, worker.Memory, await SizesAsync());
        _samples.Add(sample);
        return sample;
    }

    /// <summary>The last third of the time against the first.</summary>
    public IEnumerable<string> JudgeMemory(TimeSpan duration)
    {
        if (!IsLongEnough(duration))
            return [TooShort];
        double first = Third(0, duration).Average(s => s.Memory);
        double last = Third(2, duration).Average(s => s.Memory);
        Print("memory of a worker, thirds of the time, MiB", string.Join(", ", Enumerable.Range(0, 3).Select(i => Text(Third(i, duration).Average(s => s.Memory)))));
        return last > Allowed * first ? [$"{Text(first)} MiB in the first third, {Text(last)} in the last"] : [];
    }

    /// <summary>The last third of the time against the second: in the first the tables fill.</summary>
    public IEnumerable<string> JudgeSizes(TimeSpan duration)
    {
        if (!IsLongEnough(duration))
            return [TooShort];
        List<string> findings = [];
        Print("space of the store, at most, by thirds, MiB", string.Join(", ", Enumerable.Range(0, 3).Select(i => Text(Third(i, duration).Max(s => s.Size)))));
        foreach (string name in _samples[^1].Sizes.Keys.Order())
        {
            long[] most = [.. Enumerable.Range(0, 3).Select(i => Third(i, duration).Max(s => s.Sizes.GetValueOrDefault(name)))];
            if (most[2] < SmallBytes)
                continue;
            Print($"  {name}", string.Join(", ", most.Select(m => Text(m))));
            if (most[2] > Allowed * most[1])
                findings.Add($"{name}: {Text(most[1])} MiB in the second third, {Text(most[2])} in the last");
        }
        return findings;
    }

    private bool IsLongEnough(TimeSpan duration) => Enumerable.Range(0, 3).All(i => Third(i, duration).Any());

    private IEnumerable<Sample> Third(int which, TimeSpan duration) =>
        _samples.Where(s => s.At >= duration * which / 3 && s.At < duration * (which + 1) / 3);

    private async Task<Dictionary<string, long>> SizesAsync() => database.Dialect == "sqlite"
        ? new[] { "", "-wal" }.Select(end => new FileInfo(settings.DatabaseFile + end)).Where(f => f.Exists).ToDictionary(f => f.Name, f => f.Length)
        : (await database.QueryAsync(SizesSql, row => (row.GetString(0), row.GetInt64(1)))).ToDictionary();

    private static void Print(string name, string value) => Console.WriteLine($"{name,-45} {value,20}");

    private static string Text(double bytes) => (bytes / (1 << 20)).ToString("0.0", CultureInfo.InvariantCulture);

    /// <param name="Memory">Resident bytes of the worker.</param>
    /// <param name="Sizes">Bytes of each table and index, or of each file.</param>
    internal sealed record Sample(TimeSpan At, long Memory, IReadOnlyDictionary<string, long> Sizes)
    {
        public long Size => Sizes.Values.Sum();
    }
}
