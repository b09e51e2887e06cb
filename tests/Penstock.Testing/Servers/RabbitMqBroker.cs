using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Penstock.Testing.Servers;

/// <summary>A broker of the tests' own: Debian's RabbitMQ as a child process, on loopback alone, with its own folder, node name, ports and cookie.</summary>
/// <remarks>Erlang's port mapper is a child too, so that nothing is left behind and nothing listens on other addresses.</remarks>
public sealed class RabbitMqBroker : IAsyncDisposable
{
    private const string Programs = "/usr/lib/rabbitmq/bin";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly string _folder;
    private readonly int _mapperPort;
    private readonly int _nodePort;
    private string _extraConfiguration = "";
    private Process? _mapper;
    private Process? _server;

    private RabbitMqBroker(string folder)
    {
        _folder = folder;
        (Port, _mapperPort, _nodePort, TlsPort) = (FreePort(), FreePort(), FreePort(), FreePort());
    }

    public int Port { get; }

    /// <summary>Free for a TLS listener that the configuration may name.</summary>
    public int TlsPort { get; }

    /// <summary>Why there is no broker to test with; null: there is.</summary>
    public static string? Missing => File.Exists($"{Programs}/rabbitmq-server")
        ? null
        : "Debian's rabbitmq-server is not installed; './test' installs it where it may";

    /// <summary>Whether a missing broker fails its tests instead of skipping them.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("CI") is { Length: > 0 };

    private string NodeName => $"penstock-{Path.GetFileName(_folder)}-{Environment.ProcessId}@localhost";

    /// <param name="configuration">More lines for rabbitmq.conf, made when the ports are known.</param>
    public static async Task<RabbitMqBroker> StartAsync(Func<RabbitMqBroker, string>? configuration = null)
    {
        RabbitMqBroker broker = new(TestFolder.New());
        broker._extraConfiguration = configuration?.Invoke(broker) ?? "";
        EndOfRun.Add(broker.KillAll);
        await broker.StartMapperAsync();
        await broker.StartAgainAsync();
        return broker;
    }

    /// <summary>Starts the server, and returns when it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        string configuration = Path.Combine(_folder, "rabbitmq.conf");
        await File.WriteAllTextAsync(configuration, $"listeners.tcp.1 = 127.0.0.1:{Port}\nlog.file.level = warning\n{_extraConfiguration}");
        _server = Serve($"{Programs}/rabbitmq-server");
        long began = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (_server.HasExited || TimeProvider.System.GetElapsedTime(began) > StartTimeout)
                throw new InvalidOperationException($"RabbitMQ did not start:\n{await LogAsync()}");
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    /// <summary>As an administrator would: it ends by itself.</summary>
    public async Task StopAsync()
    {
        await ControlAsync("stop");
        await _server!.WaitForExitAsync();
    }

    /// <summary>kill -9 of the server and of all that it started.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
    }

    /// <summary>Purges every queue of the default virtual host again and again, inside the broker: a call of rabbitmqctl each would take a second.</summary>
    /// <returns>How many messages went.</returns>
    public async Task<long> PurgeAllAsync(TimeSpan duration, TimeSpan interval)
    {
        string purged = await ControlAsync("eval", $$"""
            lists:sum([N || _ <- lists:seq(1, {{(int)(duration / interval)}}), timer:sleep({{(int)interval.TotalMilliseconds}}) =:= ok,
                            Q <- rabbit_amqqueue:list(), {ok, N} <- [rabbit_amqqueue:purge(Q)]]).
            """);
        return long.Parse(purged, CultureInfo.InvariantCulture);
    }

    /// <summary>Runs rabbitmqctl; its output.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        using Process control = Start(new ProcessStartInfo($"{Programs}/rabbitmqctl", ["--quiet", "--node", NodeName, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        });
        string output = await control.StandardOutput.ReadToEndAsync();
        string errors = await control.StandardError.ReadToEndAsync();
        await control.WaitForExitAsync();
        return control.ExitCode == 0 ? output : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {output}{errors}");
    }

    public async ValueTask DisposeAsync()
    {
        KillAll();
        if (_server is not null)
            await _server.WaitForExitAsync();
        _server?.Dispose();
        _mapper?.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>The server starts a mapper of its own, which would outlive it, if it finds none: so this one has to listen first.</summary>
    private async Task StartMapperAsync()
    {
        _mapper = Serve("epmd", "-address", "127.0.0.1", "-port", $"{_mapperPort}");
        while (!await ListensAsync(_mapperPort))
        {
            if (_mapper.HasExited)
                throw new InvalidOperationException("Erlang's port mapper (epmd) did not start.");
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void KillAll()
    {
        foreach (Process? process in (Process?[])[_server, _mapper])
        {
            try
            {
                if (process is { HasExited: false })
                    process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It ended this instant.
            }
        }
    }

    /// <summary>A server: a session of its own, which ends with this process, however this one ends: then its input closes.</summary>
    private Process Serve(string program, params string[] arguments)
    {
        const string Watch = """exec 3<&0; "$@" </dev/null >/dev/null 2>&1 & server=$!; (cat <&3 >/dev/null; kill -KILL 0) & wait $server""";
        ProcessStartInfo start = new("setsid", ["sh", "-c", Watch, "sh", program, .. arguments]) { RedirectStandardInput = true };
        return Start(start);
    }

    private Process Start(ProcessStartInfo start)
    {
        start.WorkingDirectory = _folder;
        foreach ((string name, string value) in Variables())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private Dictionary<string, string> Variables() => new()
    {
        ["HOME"] = _folder, // The cookie is made here.
        ["RABBITMQ_NODENAME"] = NodeName,
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "none.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "plugins"),
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "data"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "logs"),
        ["RABBITMQ_LOGS"] = LogFile,
        ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "pid"),
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = $"{Port}",
        ["RABBITMQ_DIST_PORT"] = $"{_nodePort}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = $"{_mapperPort}",
        // Figures of queues ten times a second instead of every five: tests read them.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-rabbit quorum_tick_interval 100 -kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        ["RABBITMQ_CTL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
    };

    private string LogFile => Path.Combine(_folder, "logs", "broker.log");

    private async Task<string> LogAsync() => File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile) : "(it wrote no log)";

    /// <summary>Whether it answers as AMQP: an open port alone comes earlier.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await client.GetStream().WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
            return await client.GetStream().ReadAsync(new byte[8], limit.Token) > 0;
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
