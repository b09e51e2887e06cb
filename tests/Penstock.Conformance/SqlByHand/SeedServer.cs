using System.Diagnostics;
using Penstock.Conformance.Stores;
using Penstock.Testing;

namespace Penstock.Conformance.SqlByHand;

/// <summary>A server with the databases and roles that the documents name, and a shell in which their command lines run as they stand.</summary>
public sealed class SeedServer : IDisposable
{
    private static readonly Dictionary<string, string> Owners = new()
    {
        ["protea"] = "protea", ["dsa110_absurd"] = "user", ["ingestion"] = "pipeline_user",
    };

    // The port and the host are the test's; a watch looks once.
    private const string PsqlShim = """
        #!/bin/bash
        args=()
        for arg in "$@"; do
            case $arg in postgresql://*) args+=(-U "$PGUSER" -d "$PGDATABASE");; *) args+=("$arg");; esac
        done
        exec PSQL -X -v ON_ERROR_STOP=1 "${args[@]}"
        """;

    private const string WatchShim = """
        #!/bin/bash
        exec bash -c "${@: -1}"
        """;

    private readonly string _shims = TestFolder.New();
    private readonly Lazy<PostgresServer> _server = new(
        () => new PostgresServer(durable: false, "shared_preload_libraries=pg_stat_statements"));

    public SeedServer()
    {
        Write("psql", PsqlShim.Replace("PSQL", PostgresServer.PathOf("psql"), StringComparison.Ordinal));
        Write("watch", WatchShim);
    }

    public string NewDatabase(string name)
    {
        PostgresStore.RequireServer();
        string store = _server.Value.NewDatabase(name, Owners[name]);
        // Where the extension has a schema of its own, its name is free for the view with the old columns.
        if (name == "ingestion")
            _server.Value.Execute(name, $"""
                create schema monitoring; create extension pg_stat_statements schema monitoring; grant usage on schema monitoring to {Owners[name]};
                grant pg_read_all_stats to {Owners[name]}
                """);
        return store;
    }

    /// <returns>Output and errors of a script that ended with 0.</returns>
    internal async Task<(string Output, string Error)> RunAsync(SeedRow row, string script, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("bash", row.IsPiped ? ["-c", "exec psql"] : ["-c", script])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_shims}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["PGHOST"] = "127.0.0.1";
        start.Environment["PGPORT"] = $"{_server.Value.Port}";
        start.Environment["PGDATABASE"] = row.Database;
        start.Environment["PGUSER"] = Owners[row.Database];
        using Process shell = Process.Start(start)!;
        if (row.IsPiped)
            await shell.StandardInput.WriteAsync(script.AsMemory(), cancellationToken);
        shell.StandardInput.Close();
        Task<string> error = shell.StandardError.ReadToEndAsync(cancellationToken);
        string output = await shell.StandardOutput.ReadToEndAsync(cancellationToken);
        await shell.WaitForExitAsync(cancellationToken);
        Xunit.Assert.True(shell.ExitCode == 0, $"{row.Id} ended with {shell.ExitCode}:\n{output}{await error}");
        return (output, await error);
    }

    public void Dispose()
    {
        if (_server.IsValueCreated)
            _server.Value.Dispose();
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_shims, name);
        File.WriteAllText(path, text + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
