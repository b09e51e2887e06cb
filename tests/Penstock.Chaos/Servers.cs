using Npgsql;
using Penstock.S3;
using Penstock.Testing;
using Penstock.Testing.Servers;

namespace Penstock.Chaos;

/// <summary>The servers of one experiment, each a real one on loopback with its own data; null where the command line wants none.</summary>
internal sealed class Servers : IAsyncDisposable
{
    public const string OfDatabase = "postgres";
    public const string OfBroker = "rabbitmq";
    public const string OfArtifacts = "s3";

    private string _store = "";
    private S3Options? _bucket;

    public PostgresServer? Database { get; private set; }

    /// <summary>Between one worker and the database.</summary>
    public TcpRelay? Wire { get; private set; }

    public RabbitMqBroker? Broker { get; private set; }

    /// <summary>Ends with this process, as all that runs with the tests' own server.</summary>
    public S3Server? Artifacts { get; private set; }

    /// <param name="kinds">Some of the constants of this class.</param>
    public static async Task<Servers> StartAsync(IReadOnlySet<string> kinds)
    {
        Servers servers = new();
        try
        {
            if (kinds.Contains(OfDatabase))
            {
                servers.Database = new PostgresServer(durable: true);
                servers._store = servers.Database.NewStore();
                servers.Wire = new TcpRelay(new Uri($"http://127.0.0.1:{servers.Database.Port}"));
            }
            if (kinds.Contains(OfBroker))
                servers.Broker = await RabbitMqBroker.StartAsync();
            if (kinds.Contains(OfArtifacts))
            {
                servers.Artifacts = await S3Server.GetAsync();
                servers._bucket = await servers.Artifacts.NewBucketAsync();
            }
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <param name="wired">Its connections to the database lead over the wire.</param>
    public Settings Lead(Settings settings, bool wired) => settings with
    {
        Store = wired && Wire is not null ? new NpgsqlConnectionStringBuilder(_store) { Port = Wire.Address.Port }.ConnectionString : _store,
        Broker = Broker is null ? null : new Uri($"amqp://guest:guest@127.0.0.1:{Broker.Port}/"),
        Artifacts = _bucket,
    };

    public async ValueTask DisposeAsync()
    {
        if (Broker is not null)
            await Broker.DisposeAsync();
        Wire?.Dispose();
        Database?.Dispose();
    }
}
