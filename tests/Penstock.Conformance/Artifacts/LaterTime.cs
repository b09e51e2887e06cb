namespace Penstock.Conformance.Artifacts;

/// <summary>A minute ahead: everything a test has stored is in the past, whatever the server's clock rounds to.</summary>
internal sealed class LaterTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddMinutes(1);
}
