using Microsoft.Extensions.Logging;
using Penstock.Simulation.Scheduling;

namespace Penstock.Simulation;

/// <summary>The engine's own log as part of the trace.</summary>
internal sealed class TracedLogger<T>(SimulatedProcess process, Trace trace) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => trace.IsOn;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (trace.IsOn)
            trace.Write(process.Name, $"log: {formatter(state, exception)}{(exception is null ? "" : " | " + exception.Message.Split('\n')[0])}");
    }
}
