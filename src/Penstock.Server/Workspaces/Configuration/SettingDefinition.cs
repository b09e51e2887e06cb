using System.Reflection;
using Penstock.Engine.Protection;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>One key: where it lives in <see cref="PenstockSettings"/>, its type, bounds and default.</summary>
internal sealed class SettingDefinition(string key, PropertyInfo? section, PropertyInfo property, SettingAttribute attribute)
{
    public string Key { get; } = key;
    public Type Type { get; } = property.PropertyType;
    public SettingAttribute Limits { get; } = attribute;
    public bool IsList => Type == typeof(IReadOnlyList<string>);

    public string? Unit =>
        Key.EndsWith("_seconds", StringComparison.Ordinal) ? "s"
        : Key.EndsWith("_days", StringComparison.Ordinal) ? "d"
        : Key.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes"
        : null;

    /// <summary>The value as it stands in the key's own unit.</summary>
    public object? Read(PenstockSettings settings) => property.GetValue(OwnerIn(settings)) switch
    {
        TimeSpan time => Whole(Unit == "d" ? time.TotalDays : time.TotalSeconds),
        object other => other,
        null => null,
    };

    /// <summary>The value as people may see it: without secrets.</summary>
    public object? Show(PenstockSettings settings) => Read(settings) switch
    {
        string { Length: > 0 } when Limits.IsSecret => SecretMask.Shown,
        string text when Limits.Schemes.Length > 0 => WithoutPassword(text),
        var other => other,
    };

    /// <param name="value">Of the property's type, as <see cref="SettingValue"/> makes it.</param>
    public void Write(PenstockSettings settings, object value) => property.SetValue(OwnerIn(settings), value);

    private object OwnerIn(PenstockSettings settings) => section is null ? settings : section.GetValue(settings)!;

    private static string WithoutPassword(string text)
    {
        Uri address = new(text);
        int colon = address.UserInfo.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? text : text.Replace(address.UserInfo, $"{address.UserInfo[..colon]}:{SecretMask.Shown}", StringComparison.Ordinal);
    }

    private static object Whole(double number) => number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (object)(long)number : number;
}
