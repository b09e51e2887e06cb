namespace Penstock.Ops.Security;

/// <summary>What an endpoint asks of its caller; each role includes the one before.</summary>
public static class Policies
{
    /// <summary>May see everything but secrets.</summary>
    public const string Viewer = "viewer";

    /// <summary>May also start, cancel, redrive, load and delete.</summary>
    public const string Operator = "operator";

    /// <summary>May also manage users, tokens and configuration.</summary>
    public const string Admin = "admin";
}
