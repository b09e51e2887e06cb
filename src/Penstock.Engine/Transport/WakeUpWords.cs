namespace Penstock.Engine.Transport;

/// <summary>What processes say to each other to wake workers: lines, each a word, in any order, any of them twice.</summary>
public static class WakeUpWords
{
    public const string Leases = "leases";
    public const string Events = "events";

    private const string QueuePrefix = "queue ";

    public static string Queue(string name) => QueuePrefix + name;

    /// <summary>Tells the listeners of this process; lines that mean nothing here are passed over.</summary>
    public static void Hear(string lines, InProcessWakeUps here)
    {
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(QueuePrefix, StringComparison.Ordinal))
                here.QueueReady(line[QueuePrefix.Length..]);
            else if (line == Leases)
                here.LeasesChanged();
            else if (line == Events)
                here.EventsWritten();
        }
    }
}
