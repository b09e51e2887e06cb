using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Penstock.Engine.Exec;

/// <summary>The marks of running programs in the run folder, and the end of those whose worker is gone.</summary>
/// <remarks>
/// A program leaves its mark itself, before its first own instruction, so that none runs without one. The kernel ends the
/// program of a killed worker at once; what that program had started lives on, and is found by the mark.
/// </remarks>
public sealed class RunRecords(ExecOptions options, ILogger<RunRecords> logger)
{
    private const string Suffix = ".run";

    private static readonly Lazy<string> Boot = new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
    private static readonly Lazy<long> OwnStart = new(() => ProcessEntry.Find(Environment.ProcessId)?.StartTicks ?? 0);

    /// <summary>Where the program of this run is to leave its mark; the name says whose program it is.</summary>
    internal string PathFor(string runId)
    {
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(options.RunFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.Combine(options.RunFolder, $"{Boot.Value}_{Environment.ProcessId}_{OwnStart.Value}_{runId}{Suffix}");
    }

    /// <summary>The group that left its mark there; null: the program did not come to it.</summary>
    internal static ProcessGroup? Read(string path)
    {
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        return lines.Length > 0 && ProcessEntry.Parse(lines[0]) is { } first
            ? new ProcessGroup(first.Id, first.StartTicks, Path.GetFileNameWithoutExtension(path).Split('_')[^1])
            : null;
    }

    internal static void Remove(string path) => File.Delete(path);

    /// <summary>Ends the programs of processes of this machine that are gone. Called before a worker's first claim, and again and again.</summary>
    public void Sweep() => Sweep(record => !record.OwnerLives);

    /// <summary>Ends the programs of workers that lost their leases, though their process may live: it may be stopped or hang.</summary>
    public void Sweep(IReadOnlyCollection<string> workerIds)
    {
        if (workerIds.Count > 0)
            Sweep(record => workerIds.Contains(record.WorkerId));
    }

    private void Sweep(Func<Record, bool> isLeftOver)
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists(options.RunFolder))
            return;
        foreach (string path in Directory.EnumerateFiles(options.RunFolder, "*" + Suffix))
        {
            if (Parse(path) is not { } record || !isLeftOver(record))
                continue;
            // Numbers of another boot name other processes now.
            if (record.BootId == Boot.Value && Read(path) is { } group && group.KillAll() is > 0 and int killed)
                logger.LeftoversKilled(killed, group.Id, record.WorkerId);
            Remove(path);
        }
    }

    private static Record? Parse(string path)
    {
        string[] parts = Path.GetFileNameWithoutExtension(path).Split('_');
        if (parts.Length != 4 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long start))
            return null;
        try
        {
            return new Record(parts[0], processId, start, File.ReadLines(path).ElementAtOrDefault(1) ?? "");
        }
        catch (IOException)
        {
            return null; // Removed by its owner this instant.
        }
    }

    /// <param name="ProcessId">Of the process that started the program.</param>
    private sealed record Record(string BootId, int ProcessId, long StartTicks, string WorkerId)
    {
        public bool OwnerLives =>
            BootId == Boot.Value && ProcessEntry.Find(ProcessId) is { IsZombie: false } owner && owner.StartTicks == StartTicks;
    }
}
