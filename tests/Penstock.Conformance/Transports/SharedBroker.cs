using Microsoft.Extensions.Logging.Abstractions;
using Penstock.RabbitMq;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>One broker for the test process, started by the first test that needs it; each test has a virtual host of its own.</summary>
internal sealed class SharedBroker
{
    private static readonly Lazy<Task<SharedBroker>> Only = new(async () => new SharedBroker(await RabbitMqBroker.StartAsync()));
    private static int _count;

    private SharedBroker(RabbitMqBroker server) => Server = server;

    public RabbitMqBroker Server { get; }

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

    public RabbitMqOptions Options(string vhost) => new()
    {
        Port = Server.Port, VirtualHost = vhost, ReconnectDelayMax = TimeSpan.FromMilliseconds(500), ConnectTimeout = TimeSpan.FromSeconds(5),
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
