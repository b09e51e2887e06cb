using Npgsql;

namespace Penstock.Chaos;

/// <summary>What can happen to PostgreSQL and on the way to it.</summary>
internal sealed class DatabaseFaults(Servers servers, string store)
{
    private const int KillsPerSecond = 5;
    private const int MaxConnections = 400;

    private readonly string _admin = new NpgsqlConnectionStringBuilder(store) { Pooling = false, ApplicationName = "trouble" }.ConnectionString;

    public Task RestartAsync()
    {
        servers.Database!.Stop();
        servers.Database.StartAgain();
        return Task.CompletedTask;
    }

    public Task CrashAsync()
    {
        servers.Database!.Kill();
        servers.Database.StartAgain();
        return Task.CompletedTask;
    }

    public async Task CutOffAsync(TimeSpan duration)
    {
        servers.Wire!.IsCutOff = true;
        await Task.Delay(duration, TimeProvider.System);
        servers.Wire.IsCutOff = false;
    }

    public async Task KillBackendsAsync()
    {
        await using NpgsqlConnection connection = new(_admin);
        await connection.OpenAsync();
        for (int i = 0; i < Faults.Trouble.TotalSeconds * KillsPerSecond; i++)
        {
            await using NpgsqlCommand kill = new(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'penstock%' order by random() limit 1", connection);
            await kill.ExecuteNonQueryAsync();
            await Task.Delay(TimeSpan.FromSeconds(1.0 / KillsPerSecond), TimeProvider.System);
        }
    }

    /// <summary>Ends the engine's connections and holds every one that the server has, so that it finds none.</summary>
    public async Task TakeAllConnectionsAsync()
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
            await Task.Delay(Faults.Trouble, TimeProvider.System);
        }
        finally
        {
            foreach (NpgsqlConnection connection in taken)
                await connection.DisposeAsync();
        }
    }
}
