using Penstock.RabbitMq;

namespace Penstock.Server.Workspaces.Configuration;

public sealed class TransportSettings
{
    public const string InProcessKind = "in-process";
    public const string RabbitMqKind = "rabbitmq";

    private static readonly RabbitMqOptions Defaults = new();

    [Setting("kind", "What wakes workers: in-process (over sockets of this machine, or over the database where store.kind is postgres) or rabbitmq.", OneOf = [InProcessKind, RabbitMqKind])]
    public string Kind { get; set; } = InProcessKind;

    [Setting("url", "The broker, as amqp://user:password@host:5672/vhost or amqps://; its parts win over the keys below. Also PROTEA_AMQP_URL.", Schemes = ["amqp", "amqps"])]
    public string? Url { get; set; }

    [Setting("host", "The broker's host.")]
    public string Host { get; set; } = Defaults.Host;

    [Setting("port", "The broker's port; 0: 5672, or 5671 with TLS.", Min = 0, Max = 65_535)]
    public int Port { get; set; }

    [Setting("vhost", "The virtual host; one for each Penstock store.")]
    public string VirtualHost { get; set; } = Defaults.VirtualHost;

    [Setting("user", "The broker's user.")]
    public string User { get; set; } = Defaults.User;

    [Setting("password", "The user's password; better in the variable PENSTOCK_TRANSPORT__PASSWORD than in the file.", IsSecret = true)]
    public string Password { get; set; } = Defaults.Password;

    [Setting("tls", "Whether the connection is encrypted; amqps:// says so too.")]
    public bool Tls { get; set; }

    [Setting("tls_ca_file", "PEM file of the authority that signed the broker's certificate. None: those the system trusts.")]
    public string? TlsCaFile { get; set; }

    [Setting("tls_server_name", "Name in the broker's certificate. None: the host.")]
    public string? TlsServerName { get; set; }

    [Setting("heartbeat_seconds", "A broker silent for about twice as long counts as gone.", Min = 1, Max = 600)]
    public TimeSpan Heartbeat { get; set; } = Defaults.Heartbeat;

    [Setting("prefetch", "Wake-ups of one queue that a process holds unanswered.", Min = 1, Max = 1_000)]
    public int Prefetch { get; set; } = Defaults.Prefetch;

    [Setting("publish_interval_seconds", "A queue is announced once in this time, however often it gets work.", Min = 0, Max = 1)]
    public TimeSpan PublishInterval { get; set; } = Defaults.PublishInterval;

    /// <param name="folder">Relative paths are below it.</param>
    public RabbitMqOptions ToRabbitMq(string folder) => new()
    {
        Url = Url is null ? null : new Uri(Url),
        Host = Host,
        Port = Port == 0 ? null : Port,
        VirtualHost = VirtualHost,
        User = User,
        Password = Password,
        Tls = Tls,
        TlsCaFile = TlsCaFile is null ? null : Path.Combine(folder, TlsCaFile),
        TlsServerName = TlsServerName,
        Heartbeat = Heartbeat,
        Prefetch = Prefetch,
        PublishInterval = PublishInterval,
    };
}
