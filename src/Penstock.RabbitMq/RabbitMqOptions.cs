using System.Net;

namespace Penstock.RabbitMq;

/// <summary>Where the broker is, and how to talk to it.</summary>
public sealed record RabbitMqOptions
{
    /// <summary><c>amqp://user:password@host:5672/vhost</c>, or <c>amqps://</c> for TLS. Its parts win over the properties of the same meaning.</summary>
    public Uri? Url { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Null: 5672, or 5671 with TLS.</summary>
    public int? Port { get; init; }

    /// <summary>One for each Penstock store: wake-ups of two stores on one virtual host would go to the wrong workers.</summary>
    public string VirtualHost { get; init; } = "/";

    public string User { get; init; } = "guest";
    public string Password { get; init; } = "guest";

    public bool Tls { get; init; }

    /// <summary>PEM file of the authority that signed the broker's certificate; null: those the system trusts.</summary>
    public string? TlsCaFile { get; init; }

    /// <summary>Name in the broker's certificate; null: the host.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>A broker that is silent for about twice as long counts as gone. Default 20 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the broker may take to answer: to a connection, a request, a message. Default 10 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wake-ups of one queue that this process holds unanswered. Default 8; more only help where claims are slower than enqueues.</summary>
    public int Prefetch { get; init; } = 8;

    /// <summary>A queue is announced once in this time, however often it gets work. Default 5 ms.</summary>
    public TimeSpan PublishInterval { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Longest pause between two attempts to connect. Default 5 s.</summary>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>This process shows histories live, so it wants to hear of new events too.</summary>
    public bool HearsEvents { get; init; } = true;

    /// <summary>Name of the connection in the broker's own lists.</summary>
    public string ClientName { get; init; } = "penstock";

    /// <summary>The options with the parts of <see cref="Url"/> in the properties they stand for, checked.</summary>
    /// <exception cref="BrokerOptionsInvalidException">With everything that is wrong.</exception>
    public RabbitMqOptions Resolved()
    {
        List<string> problems = [];
        RabbitMqOptions resolved = Url is null ? this : WithUrl(Url, problems);
        if (resolved.Host.Trim().Length == 0)
            problems.Add("the host is empty");
        if (resolved.Port is < 1 or > IPEndPoint.MaxPort)
            problems.Add($"port {resolved.Port} is outside 1 to {IPEndPoint.MaxPort}");
        if (resolved.VirtualHost.Length == 0)
            problems.Add("the virtual host is empty; the usual one is /");
        if (resolved.User.Length == 0)
            problems.Add("the user is empty");
        if (Heartbeat < TimeSpan.FromSeconds(1) || Heartbeat > TimeSpan.FromMinutes(10))
            problems.Add($"the heartbeat is {Heartbeat.TotalSeconds} s; 1 to 600 s are possible");
        if (Prefetch is < 1 or > 1_000)
            problems.Add($"prefetch is {Prefetch}; 1 to 1000 are possible");
        if (PublishInterval < TimeSpan.Zero || PublishInterval > TimeSpan.FromSeconds(1))
            problems.Add($"the publish interval is {PublishInterval.TotalSeconds} s; 0 to 1 s are possible");
        if (AnswerTimeout <= TimeSpan.Zero || ReconnectDelayMax <= TimeSpan.Zero)
            problems.Add("the time to answer and the longest pause between two attempts must be more than nothing");
        if (TlsCaFile is not null && !File.Exists(TlsCaFile))
            problems.Add($"there is no file {TlsCaFile} for the authority of the broker's certificate");
        return problems.Count == 0 ? resolved : throw new BrokerOptionsInvalidException(problems);
    }

    /// <summary>The address for people: without user and password.</summary>
    internal string Address => $"{(Tls ? "amqps" : "amqp")}://{Host}:{EffectivePort}/{(VirtualHost == "/" ? "" : VirtualHost)}";

    internal int EffectivePort => Port ?? (Tls ? 5671 : 5672);

    /// <remarks>Without the password, which the compiler's own text of a record would show.</remarks>
    public override string ToString() => Address;

    private RabbitMqOptions WithUrl(Uri url, List<string> problems)
    {
        // Not the text itself: it may hold a password.
        if (!url.IsAbsoluteUri || url.Scheme is not ("amqp" or "amqps") || url.Host.Length == 0)
        {
            problems.Add("the address has not the form amqp://user:password@host:port/vhost");
            return this;
        }
        string[] credentials = url.UserInfo.Split(':', 2);
        string path = Uri.UnescapeDataString(url.AbsolutePath);
        return this with
        {
            Url = null,
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : Port,
            Tls = Tls || url.Scheme == "amqps",
            User = credentials[0].Length > 0 ? Uri.UnescapeDataString(credentials[0]) : User,
            Password = credentials.Length > 1 ? Uri.UnescapeDataString(credentials[1]) : Password,
            VirtualHost = path.Length > 1 ? path[1..] : VirtualHost,
        };
    }
}
