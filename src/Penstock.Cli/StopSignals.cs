using System.Runtime.InteropServices;

namespace Penstock.Cli;

/// <summary>Turns SIGINT and SIGTERM into two cancellations: the first asks to finish, the second to end at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    public CancellationToken Stop => _first.Token;
    public CancellationToken StopNow => _second.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true; // the program ends itself, after what it has to finish
        if (_first.IsCancellationRequested)
            _second.Cancel();
        else
            _first.Cancel();
    }
}
