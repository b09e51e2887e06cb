namespace Penstock.Ops.Security;

/// <summary>The three roles in rising order; each may do what the one before it may.</summary>
internal static class Roles
{
    public static readonly IReadOnlyList<string> All = [Policies.Viewer, Policies.Operator, Policies.Admin];

    /// <summary>The roles that satisfy a policy.</summary>
    public static IEnumerable<string> Satisfying(string policy) => All.SkipWhile(role => role != policy);

    /// <exception cref="InvalidAccountException"/>
    public static string Checked(string role) =>
        All.Contains(role) ? role : throw new InvalidAccountException($"'{role}' is not a role. Roles: {string.Join(", ", All)}.");
}
