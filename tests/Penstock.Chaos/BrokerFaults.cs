namespace Penstock.Chaos;

/// <summary>What can happen to RabbitMQ.</summary>
internal sealed class BrokerFaults(Servers servers)
{
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMilliseconds(200);

    public async Task StopAsync()
    {
        await servers.Broker!.StopAsync();
        await Task.Delay(Faults.Trouble, TimeProvider.System);
        await servers.Broker.StartAgainAsync();
    }

    public async Task KillAsync()
    {
        await servers.Broker!.KillAsync();
        await servers.Broker.StartAgainAsync();
    }

    public async Task PurgeAsync()
    {
        long purged = await servers.Broker!.PurgeAllAsync(Faults.Trouble, PurgeInterval);
        Console.WriteLine($"         {purged} messages purged");
    }
}
