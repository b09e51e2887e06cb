using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Penstock.Testing;

/// <summary>A PostgreSQL server of the test process's own: Debian's program, an own folder, a free port on loopback.</summary>
/// <remarks>Not durable by default: most tests are about what is committed, not about the disk.</remarks>
public sealed class PostgresServer : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string User = "penstock";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly Lazy<PostgresServer> SharedServer = new(() => new PostgresServer(durable: false));
    private static int _schemas;

    private readonly string _folder;
    private readonly bool _durable;
    private readonly string[] _settings;
    private Process _process;

    /// <param name="settings">More of them, such as <c>shared_preload_libraries=pg_stat_statements</c>.</param>
    public PostgresServer(bool durable, params string[] settings)
    {
        _durable = durable;
        _settings = settings;
        Port = FreePort();
        _folder = Directory.CreateTempSubdirectory("penstock-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _folder); // The server refuses to run as root.
        Run([.. AsServer($"{Programs}/initdb", "-D", Data, "-U", User, "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8")]);
        _process = Start();
        EndOfRun.Add(Dispose);
    }

    /// <summary>One for all tests of this process.</summary>
    public static PostgresServer Shared => SharedServer.Value;

    /// <summary>Skips the test where there is no server.</summary>
    /// <param name="skipUnless"><c>Assert.SkipUnless</c> of the test framework.</param>
    /// <remarks>In CI a missing server is a failure: skipped there, these tests would never run anywhere.</remarks>
    public static void Require(Action<bool, string> skipUnless) => skipUnless(
        File.Exists($"{Programs}/postgres") || Environment.GetEnvironmentVariable("CI") is { Length: > 0 },
        $"There is no PostgreSQL at {Programs}; install the package postgresql-15.");

    public int Port { get; }

    public int ProcessId => _process.Id;

    private string Data => Path.Combine(_folder, "data");

    private string Server => $"Host=127.0.0.1;Port={Port};Database=postgres;Username={User}";

    public static bool IsConnectionString(string path) => path.StartsWith("Host=", StringComparison.Ordinal);

    /// <summary>An empty schema, and the connection string that leads into it.</summary>
    public string NewStore()
    {
        string schema = $"t{Interlocked.Increment(ref _schemas):0000}";
        using NpgsqlConnection connection = new(Server + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand create = new($"create schema {schema}", connection);
        create.ExecuteNonQuery();
        return $"{Server};Search Path={schema}";
    }

    /// <summary>An empty database of a role that may do nothing else; another one of this name goes.</summary>
    /// <returns>The connection string of that role.</returns>
    public string NewDatabase(string name, string owner)
    {
        Execute("postgres", $"""drop database if exists "{name}" with (force)""");
        Execute("postgres", $"""
            do $$ begin if not exists (select 1 from pg_roles where rolname = '{owner}') then create role "{owner}" login; end if; end $$
            """);
        Execute("postgres", $"""create database "{name}" owner "{owner}" """);
        return $"Host=127.0.0.1;Port={Port};Database={name};Username={owner}";
    }

    /// <summary>As the superuser.</summary>
    public void Execute(string database, string sql)
    {
        using NpgsqlConnection connection = new($"Host=127.0.0.1;Port={Port};Database={database};Username={User};Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Full path of one of the server's own programs, such as <c>psql</c>.</summary>
    public static string PathOf(string program) => Path.Combine(Programs, program);

    /// <summary>Ends the server at once, as the system does with a process that takes too much memory.</summary>
    public void Kill()
    {
        // The children of the postmaster notice that it is gone, and end by themselves.
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Stops it as an operator does, without waiting for clients.</summary>
    public void Stop() => Stop("-INT");

    public void StartAgain()
    {
        for (long began = Stopwatch.GetTimestamp(); ;)
        {
            _process = Start();
            if (!_process.HasExited)
                return;
            // Children of a killed postmaster may hold its memory for a moment.
            if (Stopwatch.GetElapsedTime(began) > StartTimeout)
                throw new InvalidOperationException("The server does not start again.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Stop("-QUIT");
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A child that is still ending writes its last file; the folder is below the temporary one.
        }
    }

    private void Stop(string signal)
    {
        Run("kill", signal, $"{_process.Id}");
        _process.WaitForExit(StartTimeout);
    }

    private Process Start()
    {
        List<string> arguments =
        [
            $"{Programs}/postgres", "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", "max_connections=300", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "shared_buffers=128MB",
            "-c", "log_min_messages=panic", "-c", "log_min_error_statement=panic",
        ];
        foreach (string setting in _settings)
            arguments.AddRange(["-c", setting]);
        if (!_durable)
            arguments.AddRange(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]);
        List<string> command = AsServer([.. arguments]);
        ProcessStartInfo start = new(command[0], command.Skip(1)) { WorkingDirectory = _folder };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < StartTimeout && !process.HasExited;)
        {
            try
            {
                using NpgsqlConnection connection = new(Server + ";Pooling=false;Timeout=5");
                connection.Open();
                return process;
            }
            catch (NpgsqlException)
            {
                process.WaitForExit(TimeSpan.FromMilliseconds(20));
            }
        }
        return process;
    }

    private static List<string> AsServer(params string[] command) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command]
        : [.. command];

    private void Run(params string[] command)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} failed: {error}{output.GetAwaiter().GetResult()}");
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
