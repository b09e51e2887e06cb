using Penstock.Client.Health;
using Penstock.Ops.Health;
using Penstock.RabbitMq;

namespace Penstock.Server.Startup;

/// <summary>Tells how the broker stands. Never an obstacle: without it jobs start within a second instead of milliseconds.</summary>
internal sealed class TransportCheck(RabbitMqWakeUps transport) : IReadinessCheck
{
    public string Name => "transport";

    public Task<HealthCheckView> CheckAsync(CancellationToken cancellationToken)
    {
        RabbitMqState state = transport.State;
        string detail = state.IsConnected
            ? $"Connected to RabbitMQ since {state.Since:O}."
            : $"Not connected to RabbitMQ since {state.Since:O}; jobs are found by polling. {state.LastError}";
        return Task.FromResult(new HealthCheckView(Name, Ready: true, detail.TrimEnd()));
    }
}
