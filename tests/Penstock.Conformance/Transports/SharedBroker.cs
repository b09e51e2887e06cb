using Microsoft.Extensions.Logging.Abstractions;
using Penstock.RabbitMq;
using Penstock.Testing.Servers;
using RabbitMQ.Client;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>One broker for the test process, started by the first test that needs it; each test has a virtual host of its own.</summary>
internal sealed class SharedBroker
{
    private static readonly Lazy<Task<SharedBroker>> Only = new(async () => new SharedBroker(await RabbitMqBroker.StartAsync()));
    private static int _count;

    private SharedBroker(RabbitMqBroker server) => Server = server;

    public RabbitMqBroker Server { get; }

    /// <summary>The same conveniences for a broker of a test's own.</summary>
    public static SharedBroker Of(RabbitMqBroker own) => new(own);

    /// <summary>Skips the test where there is no broker to start, and fails it where there has to be one.</summary>
    public static Task<SharedBroker> GetAsync()
    {
        RequireProgram();
        return Only.Value;
    }

    public static void RequireProgram()
    {
        if (RabbitMqBroker.Missing is { } missing && !RabbitMqBroker.IsRequired)
            Assert.Skip(missing);
    }

    public async Task<string> NewVirtualHostAsync()
    {
        string name = $"test-{Interlocked.Increment(ref _count)}";
        await Server.ControlAsync("eval", $"rabbit_vhost:add(<<\"{name}\">>, <<\"tests\">>), rabbit_auth_backend_internal:set_permissions(<<\"guest\">>, <<\"{name}\">>, <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"tests\">>).");
        return name;
    }

    /// <summary>A figure of a queue, as the broker itself has it now.</summary>
    public async Task<int> OfQueueAsync(string vhost, string queue, string figure)
    {
        string table = await Server.ControlAsync("list_queues", "-p", vhost, "--no-table-headers", "name", figure);
        string[] line = table.Split('\n').Select(l => l.Split('\t')).FirstOrDefault(l => l[0] == queue) ?? [queue, "0"];
        return int.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task UntilQueueAsync(string vhost, string queue, string figure, int wanted, Action? meanwhile = null)
    {
        int found = -1;
        for (int i = 0; i < 30; i++)
        {
            if ((found = await OfQueueAsync(vhost, queue, figure)) == wanted)
                return;
            meanwhile?.Invoke();
        }
        Assert.Fail($"{figure} of {queue} is {found} and not {wanted}.");
    }

    public async Task PublishAsync(string vhost, string exchange, string routingKey, params string[] bodies)
    {
        ConnectionFactory factory = new() { HostName = "127.0.0.1", Port = Server.Port, VirtualHost = vhost };
        await using IConnection connection = await factory.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        foreach (string body in bodies)
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, System.Text.Encoding.UTF8.GetBytes(body));
    }

    public async Task DeclareClassicQueueAsync(string vhost, string name)
    {
        ConnectionFactory factory = new() { HostName = "127.0.0.1", Port = Server.Port, VirtualHost = vhost };
        await using IConnection connection = await factory.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false);
    }

    public RabbitMqOptions Options(string vhost) => new()
    {
        Port = Server.Port, VirtualHost = vhost, ReconnectDelayMax = TimeSpan.FromMilliseconds(500), AnswerTimeout = TimeSpan.FromSeconds(5),
    };

    public RabbitMqWakeUps Connect(string vhost) => Options(vhost).Connect();
}

internal static class BrokerTestExtensions
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public static RabbitMqWakeUps Connect(this RabbitMqOptions options) => new(options, TimeProvider.System, NullLogger<RabbitMqWakeUps>.Instance);

    public static Task UntilConnectedAsync(this RabbitMqWakeUps wakeUps) => wakeUps.UntilAsync(w => w.IsConnected, "it is connected");

    public static async Task UntilAsync(this RabbitMqWakeUps wakeUps, Func<RabbitMqWakeUps, bool> reached, string what)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!reached(wakeUps))
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"Waited in vain until {what}: {wakeUps.State}");
            await Task.Delay(Look, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
