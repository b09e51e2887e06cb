namespace Penstock.Cli.Doctor;

/// <summary>What one check of <c>penstock doctor</c> found.</summary>
/// <param name="Check">Stable word, such as <c>database</c>.</param>
/// <param name="Status"><c>ok</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Advice">What to do; null when there is nothing to do.</param>
internal sealed record Finding(string Check, string Status, string Detail, string? Advice = null)
{
    /// <summary>Where the setting behind it comes from, as <c>penstock config show</c> says it; null: no setting is behind it.</summary>
    public string? Origin { get; init; }

    public static Finding Ok(string check, string detail) => new(check, "ok", detail);

    public static Finding Warning(string check, string detail, string advice) => new(check, "warning", detail, advice);

    public static Finding Error(string check, string detail, string advice) => new(check, "error", detail, advice);
}
