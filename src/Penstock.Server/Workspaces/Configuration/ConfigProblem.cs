namespace Penstock.Server.Workspaces.Configuration;

/// <summary>One wrong key or value.</summary>
/// <param name="Where"><c>penstock.yaml line 7</c>, <c>variable PENSTOCK_WORKER__SLOTS</c>, or <c>command line --set</c>.</param>
/// <param name="Key">As written; empty when the file itself cannot be read.</param>
/// <param name="Message">A sentence: what is wrong, what is allowed, the nearest valid key.</param>
public sealed record ConfigProblem(string Where, string Key, string Message)
{
    public override string ToString() => $"{Where}: {Message}";
}
