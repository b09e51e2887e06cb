using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Conformance.Stores;
using Penstock.Engine.Transport;
using Penstock.Postgres;
using Penstock.RabbitMq;
using Penstock.Testing;

namespace Penstock.Conformance.Transports;

// The suite for each transport.
public sealed class WakeUpsInProcess : WakeUpConformance
{
    protected override Task<(IWakeUps Here, IWakeUps There)> ConnectAsync()
    {
        InProcessWakeUps both = new();
        return Task.FromResult<(IWakeUps, IWakeUps)>((both, both));
    }
}

public sealed class WakeUpsOfNeighbours : WakeUpConformance
{
    protected override Task<(IWakeUps Here, IWakeUps There)> ConnectAsync()
    {
        NeighbourOptions options = new(TestFolder.New(), HearsEvents: true);
        IWakeUps New() => new NeighbourWakeUps(options, TimeProvider.System, NullLogger<NeighbourWakeUps>.Instance);
        return Task.FromResult((New(), New()));
    }
}

public sealed class WakeUpsOverPostgres : WakeUpConformance
{
    protected override async Task<(IWakeUps Here, IWakeUps There)> ConnectAsync()
    {
        PostgresOptions options = new(PostgresStore.New());
        PostgresWakeUps New() => new(options, NullLogger<PostgresWakeUps>.Instance);
        PostgresWakeUps here = New();
        PostgresWakeUps there = New();
        await here.UntilConnectedAsync();
        await there.UntilConnectedAsync();
        return (here, there);
    }
}

public sealed class WakeUpsOverRabbitMq : WakeUpConformance
{
    protected override async Task<(IWakeUps Here, IWakeUps There)> ConnectAsync()
    {
        SharedBroker broker = await SharedBroker.GetAsync();
        string vhost = await broker.NewVirtualHostAsync();
        RabbitMqWakeUps here = broker.Connect(vhost);
        RabbitMqWakeUps there = broker.Connect(vhost);
        await here.UntilConnectedAsync();
        await there.UntilConnectedAsync();
        return (here, there);
    }
}
