using System.Text;
using Penstock.Engine;
using Penstock.RabbitMq.Broker;
using RabbitMQ.Client;

namespace Penstock.RabbitMq;

/// <summary>Tries whether the broker lets this program in, and changes nothing there.</summary>
public static class RabbitMqProbe
{
    /// <returns>The broker's version.</returns>
    /// <exception cref="PenstockException">Why it cannot be used: unreachable, refused, or no trusted encryption.</exception>
    public static async Task<string> ConnectAsync(RabbitMqOptions options, CancellationToken cancellationToken)
    {
        RabbitMqOptions resolved = options.Resolved();
        await using IConnection connection = await BrokerConnector.ConnectAsync(resolved, cancellationToken);
        return connection.ServerProperties?.TryGetValue("version", out object? version) is true && version is byte[] text ? Encoding.UTF8.GetString(text) : "?";
    }
}
