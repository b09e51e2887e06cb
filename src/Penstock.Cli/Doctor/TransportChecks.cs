using Penstock.Engine;
using Penstock.RabbitMq;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Doctor;

/// <summary>What wakes workers in other processes can be reached.</summary>
internal static class TransportChecks
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public static async Task<Finding> RunAsync(Workspace workspace, EffectiveConfiguration configuration, CancellationToken cancellationToken)
    {
        TransportSettings settings = configuration.Settings.Transport;
        if (settings.Kind != TransportSettings.RabbitMqKind)
            return Finding.Ok("broker", configuration.Settings.Store.IsPostgres
                ? "none; processes wake each other through the database"
                : "none; workers of this machine wake each other over sockets");
        string origin = configuration.Value(settings.Url is null ? "transport.host" : "transport.url").Origin;
        try
        {
            RabbitMqOptions options = (settings.ToRabbitMq(workspace.Root) with { AnswerTimeout = AnswerTimeout, ClientName = "penstock doctor" }).Resolved();
            string version = await RabbitMqProbe.ConnectAsync(options, cancellationToken);
            return Finding.Ok("broker", $"RabbitMQ {version} at {options}") with { Origin = origin };
        }
        catch (PenstockException error)
        {
            return Finding.Error("broker", $"[{error.Code}] {error.Message}", $"It is set by: {origin}. See penstock config show --section transport")
                with { Origin = origin };
        }
    }
}
