using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Penstock.Engine;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Penstock.RabbitMq.Broker;

/// <summary>Makes connections, and says in Penstock's words why one cannot be made.</summary>
internal static class BrokerConnector
{
    private const ushort NotAllowed = 530;
    private const ushort AccessRefused = 403;

    /// <exception cref="BrokerUnreachableException"/>
    /// <exception cref="BrokerRefusedException"/>
    /// <exception cref="BrokerTlsException"/>
    public static async Task<IConnection> ConnectAsync(RabbitMqOptions options, CancellationToken cancellationToken)
    {
        ConnectionFactory factory = new()
        {
            HostName = options.Host,
            Port = options.EffectivePort,
            VirtualHost = options.VirtualHost,
            UserName = options.User,
            Password = options.Password,
            ClientProvidedName = options.ClientName,
            RequestedHeartbeat = options.Heartbeat,
            RequestedConnectionTimeout = options.AnswerTimeout,
            SocketReadTimeout = options.AnswerTimeout,
            SocketWriteTimeout = options.AnswerTimeout,
            ContinuationTimeout = options.AnswerTimeout,
            HandshakeContinuationTimeout = options.AnswerTimeout,
            // Its own recovery keeps delivery tags and consumers of a connection that is gone; a new one from scratch is simpler to be sure of.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
        };
        if (options.Tls)
            factory.Ssl = Tls(options);
        try
        {
            return await factory.CreateConnectionAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw Explain(error, options);
        }
    }

    /// <summary>Any failure of the client or the broker as an error a reader can act on.</summary>
    public static PenstockException Explain(Exception error, RabbitMqOptions options)
    {
        if (error is PenstockException known)
            return known;
        List<Exception> causes = [.. Causes(error)];
        if (causes.OfType<AuthenticationFailureException>().FirstOrDefault() is { } login)
            return new BrokerRefusedException(options.Address, options.User, login.Message.TrimEnd('.'), error);
        if (causes.OfType<OperationInterruptedException>().FirstOrDefault(e => e.ShutdownReason?.ReplyCode is NotAllowed or AccessRefused) is { } refused)
            return new BrokerRefusedException(options.Address, options.User, refused.ShutdownReason!.ReplyText.TrimEnd('.'), error);
        if (options.Tls && causes.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
            return new BrokerTlsException(options.Address, tls.Message.TrimEnd('.'), error);
        Exception cause = causes.FirstOrDefault(e => e is SocketException) ?? causes.FirstOrDefault(e => e is OperationInterruptedException) ?? causes[^1];
        return new BrokerUnreachableException(options.Address, cause.Message.TrimEnd('.'), error);
    }

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (Exception? current = error; current is not null; current = current.InnerException)
        {
            yield return current;
            if (current is not AggregateException many)
                continue;
            foreach (Exception inner in many.InnerExceptions.SelectMany(Causes))
                yield return inner;
            yield break;
        }
    }

    private static SslOption Tls(RabbitMqOptions options)
    {
        SslOption ssl = new(options.TlsServerName ?? options.Host, enabled: true) { Version = SslProtocols.None };
        if (options.TlsCaFile is null)
            return ssl;
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(options.TlsCaFile);
        ssl.CertificateValidationCallback = (_, certificate, _, problems) => certificate is not null && IsSignedBy(authorities, certificate, problems);
        return ssl;
    }

    /// <remarks>Only the chain is looked at anew: a wrong name stays wrong, whoever signed it.</remarks>
    private static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate certificate, SslPolicyErrors problems)
    {
        if ((problems & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using X509Certificate2 own = new(certificate);
        return chain.Build(own);
    }
}
