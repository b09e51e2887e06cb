namespace Penstock.RabbitMq;

/// <summary>How the connection to the broker stands.</summary>
/// <param name="Since">Since when it is, or is not, connected.</param>
/// <param name="LastErrorCode">Of the last failure, as in docs/errors.md; null: there was none.</param>
/// <param name="Connections">How many were made since the process began; more than one: it was lost and came back.</param>
public sealed record RabbitMqState(bool IsConnected, DateTimeOffset Since, string? LastErrorCode, string? LastError, int Connections);
