namespace Penstock.Engine.Operations;

/// <summary>What of an operation's jobs is kept from whom.</summary>
/// <param name="EncryptsPayload">See <see cref="OperationDefinition.EncryptsPayload"/>.</param>
public sealed record OperationSecrecy(bool EncryptsPayload = false)
{
    /// <summary>See <see cref="OperationDefinition.MaskedFields"/>.</summary>
    public IReadOnlyList<string> MaskedFields { get; init; } = [];
}
