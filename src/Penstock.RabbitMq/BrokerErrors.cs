using Penstock.Engine;

namespace Penstock.RabbitMq;

/// <summary>The connection cannot be made as configured; nothing was tried.</summary>
public sealed class BrokerOptionsInvalidException(IReadOnlyList<string> problems) : PenstockException(
    "broker-options-invalid", $"The settings of the RabbitMQ transport cannot be used: {string.Join("; ", problems)}.")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Nothing answers there, or the connection broke.</summary>
public sealed class BrokerUnreachableException(string address, string reason, Exception? inner = null) : PenstockException(
    "broker-unreachable",
    $"RabbitMQ at {address} cannot be reached: {reason}. Jobs are found by polling, within a second, until it is back. " +
    "Check host and port, and that the broker runs.", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
    public override bool MayRetry => true;
}

/// <summary>The broker answered and does not let this user in.</summary>
public sealed class BrokerRefusedException(string address, string user, string reason, Exception? inner = null) : PenstockException(
    "broker-refused",
    $"RabbitMQ at {address} refused user '{user}': {reason}. Check user, password and virtual host; 'rabbitmqctl list_permissions -p VHOST' shows who may do what.",
    inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

/// <summary>The broker's certificate is not to be trusted, or it does not speak TLS at all.</summary>
public sealed class BrokerTlsException(string address, string reason, Exception? inner = null) : PenstockException(
    "broker-tls-failed",
    $"No encrypted connection to RabbitMQ at {address}: {reason}. Check the authority's file, the name in the certificate and the port.", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

/// <summary>A queue or exchange of this name exists and is of another kind: made by another program, or by hand.</summary>
public sealed class BrokerTopologyException(string address, string name, string reason, Exception? inner = null) : PenstockException(
    "broker-topology-differs",
    $"'{name}' exists in RabbitMQ at {address} and is not what Penstock declares: {reason}. Give Penstock a virtual host of its own, or delete it there.",
    inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}
