namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Names a property's key in <c>penstock.yaml</c>, says what it does, and bounds it.</summary>
/// <param name="key">snake_case; for a duration it ends in its unit: <c>_seconds</c> or <c>_days</c>.</param>
/// <param name="summary">Effect in one line.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string key, string summary) : Attribute
{
    public string Key { get; } = key;
    public string Summary { get; } = summary;

    /// <summary>Smallest value allowed, in the unit of the key.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value allowed, in the unit of the key.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The only texts allowed, in a value or in each entry of a list; empty: any.</summary>
    public string[] OneOf { get; init; } = [];

    /// <summary>Each text must be an absolute http or https address.</summary>
    public bool IsUrl { get; init; }

    /// <summary>The text must be an address with one of these schemes. It may hold a password, so no view and no error shows that.</summary>
    public string[] Schemes { get; init; } = [];

    /// <summary>No view shows the value.</summary>
    public bool IsSecret { get; init; }
}
