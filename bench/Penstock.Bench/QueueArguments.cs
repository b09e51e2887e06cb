using System.Globalization;

namespace Penstock.Bench;

/// <summary>The words the referee gives after a command.</summary>
internal sealed record QueueArguments(int Count, bool Bulk, int Clients, int Concurrency, bool Backlog, string State, int GapMin, int GapMax)
{
    public static QueueArguments Parse(string[] args)
    {
        string Text(string name, string fallback)
        {
            int at = Array.IndexOf(args, name);
            return at >= 0 && at + 1 < args.Length ? args[at + 1] : fallback;
        }
        int Number(string name, int fallback) => int.Parse(Text(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        return new QueueArguments(
            Number("--n", 0), Text("--mode", "one") == "bulk", Number("--clients", 1), Number("--concurrency", 10),
            args.Contains("--backlog"), Text("--state", "finished"), Number("--gap-min", 10), Number("--gap-max", 50));
    }
}
