using System.Collections.Concurrent;

namespace Penstock.Testing;

/// <summary>What a test process has started and must end: after its last test, at the latest when the process ends.</summary>
/// <remarks>
/// A fixture of the test assemblies. Once it has reported, the runner gives the process about ten seconds to end and fails the
/// run otherwise; stopping a server and removing what it wrote can take longer.
/// </remarks>
public sealed class EndOfRun : IDisposable
{
    private static readonly ConcurrentStack<Action> Ends = new();

    static EndOfRun() => AppDomain.CurrentDomain.ProcessExit += (_, _) => RunAll();

    /// <summary>What was added last runs first.</summary>
    public static void Add(Action end) => Ends.Push(end);

    public void Dispose() => RunAll();

    private static void RunAll()
    {
        while (Ends.TryPop(out Action? end))
            end();
    }
}
