using System.Globalization;

namespace Penstock.Chaos;

/// <summary>Brings trouble on the servers and on a worker, one thing after another, and notes from when to when.</summary>
/// <param name="lease">A worker that is silent for longer counts as dead.</param>
internal sealed class Faults(Servers servers, Settings settings, TimeSpan lease)
{
    /// <summary>Every fault there is, and the server it needs.</summary>
    private static readonly Fault[] All =
    [
        new("restart", Servers.OfDatabase, (f, _) => f.Database.RestartAsync()),
        new("crash", Servers.OfDatabase, (f, _) => f.Database.CrashAsync()),
        new("backends", Servers.OfDatabase, (f, _) => f.Database.KillBackendsAsync()),
        new("pool", Servers.OfDatabase, (f, _) => f.Database.TakeAllConnectionsAsync()),
        new("freeze", Servers.OfDatabase, (f, victim) => victim.FreezeAsync(f.BeyondLease)),
        new("partition", Servers.OfDatabase, (f, _) => f.Database.CutOffAsync(f.BeyondLease)),
        new("broker-stop", Servers.OfBroker, (f, _) => f.Broker.StopAsync()),
        new("broker-kill", Servers.OfBroker, (f, _) => f.Broker.KillAsync()),
        new("broker-purge", Servers.OfBroker, (f, _) => f.Broker.PurgeAsync()),
        new("s3-down", Servers.OfArtifacts, (f, _) => f.TakeArtifactsDownAsync()),
    ];

    /// <summary>How long a server is away or under attack.</summary>
    public static readonly TimeSpan Trouble = TimeSpan.FromSeconds(8);

    /// <summary>What was done, in seconds of the experiment's clock.</summary>
    public List<(string Name, TimeSpan From, TimeSpan To)> Done { get; } = [];

    private DatabaseFaults Database { get; } = new(servers, settings.Store);

    private BrokerFaults Broker { get; } = new(servers);

    private TimeSpan BeyondLease => lease * 4 / 3;

    /// <param name="servers">Some of the constants of <see cref="Servers"/>.</param>
    public static IReadOnlyList<string> Of(params IEnumerable<string> servers) => [.. All.Where(f => servers.Contains(f.Server)).Select(f => f.Name)];

    /// <param name="victim">Freezes; its connections lead over the wire.</param>
    public async Task BringAsync(string name, WorkerProcess victim, Func<TimeSpan> clock)
    {
        TimeSpan from = clock();
        await All.Single(f => f.Name == name).BringAsync(this, victim);
        Done.Add((name, from, clock()));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock().TotalSeconds,5:0} s  {name}, {(clock() - from).TotalSeconds:0.0} s long"));
    }

    private async Task TakeArtifactsDownAsync()
    {
        await servers.Artifacts!.StopGatewayAsync();
        await Task.Delay(Trouble, TimeProvider.System);
        await servers.Artifacts.StartGatewayAsync();
    }

    private sealed record Fault(string Name, string Server, Func<Faults, WorkerProcess, Task> BringAsync);
}
