using System.Globalization;
using Npgsql;
using Penstock.Testing;
using Penstock.Testing.Servers;

namespace Penstock.Chaos;

/// <summary>Brings trouble on the database server and on the way to it, one thing after another, and notes from when to when.</summary>
internal sealed class Faults(PostgresServer server, string store, TcpRelay wire, TimeSpan lease)
{
    public static readonly IReadOnlyList<string> Names = ["restart", "crash", "backends", "pool", "freeze", "partition"];

    private const int KillsPerSecond = 5;
    private const int MaxConnections = 400;

    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(8);

    private readonly string _admin = new NpgsqlConnectionStringBuilder(store) { Pooling = false, ApplicationName = "trouble" }.ConnectionString;

    /// <summary>What was done, in seconds of the experiment's clock.</summary>
    public List<(string Name, TimeSpan From, TimeSpan To)> Done { get; } = [];

    /// <param name="victim">Freezes; its connections lead over the wire.</param>
    public async Task BringAsync(string name, WorkerProcess victim, Func<TimeSpan> clock)
    {
        TimeSpan from = clock();
        switch (name)
        {
            case "restart":
                server.Stop();
                server.StartAgain();
                break;
            case "crash":
                server.Kill();
                server.StartAgain();
                break;
            case "backends":
                await KillBackendsAsync();
                break;
            case "pool":
                await TakeAllConnectionsAsync();
                break;
            case "freeze":
                await victim.FreezeAsync(lease * 4 / 3);
                break;
            case "partition":
                wire.IsCutOff = true;
                await Task.Delay(lease * 4 / 3, TimeProvider.System);
                wire.IsCutOff = false;
                break;
        }
        Done.Add((name, from, clock()));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock().TotalSeconds,5:0} s  {name}, {(clock() - from).TotalSeconds:0.0} s long"));
    }

    private async Task KillBackendsAsync()
    {
        await using NpgsqlConnection connection = new(_admin);
        await connection.OpenAsync();
        for (int i = 0; i < Trouble.TotalSeconds * KillsPerSecond; i++)
        {
            await using NpgsqlCommand kill = new(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'penstock%' order by random() limit 1", connection);
            await kill.ExecuteNonQueryAsync();
            await Task.Delay(TimeSpan.FromSeconds(1.0 / KillsPerSecond), TimeProvider.System);
        }
    }

    /// <summary>Ends the engine's connections and holds every one that the server has, so that it finds none.</summary>
    private async Task TakeAllConnectionsAsync()
    {
        List<NpgsqlConnection> taken = [];
        try
        {
            for (int i = 0; i < MaxConnections; i++)
            {
                NpgsqlConnection connection = new(_admin);
                taken.Add(connection);
                await connection.OpenAsync();
                if (i > 0)
                    continue;
                await using NpgsqlCommand end = new("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'penstock%'", connection);
                await end.ExecuteNonQueryAsync();
            }
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            await Task.Delay(Trouble, TimeProvider.System);
        }
        finally
        {
            foreach (NpgsqlConnection connection in taken)
                await connection.DisposeAsync();
        }
    }
}
