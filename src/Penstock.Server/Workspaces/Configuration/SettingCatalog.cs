using System.Collections.Frozen;
using System.Reflection;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>All keys, read from the attributes of <see cref="PenstockSettings"/>, and the other names some of them answer to.</summary>
internal static class SettingCatalog
{
    /// <summary>Names the predecessor systems used, without their prefix; both as variables and as keys to show.</summary>
    private static readonly FrozenDictionary<string, string> AliasOf = new Dictionary<string, string>
    {
        ["api.max_fasta_bytes"] = "proteins.max_fasta_bytes",
        ["worker.reaper_main_timeout_seconds"] = "reaper.main_timeout_seconds",
        ["worker.reaper_stall_seconds"] = "reaper.stall_seconds",
        ["worker.reaper_interval_seconds"] = "reaper.interval_seconds",
        ["worker.worker_shutdown_grace_seconds"] = "worker.drain_seconds",
    }.ToFrozenDictionary();

    /// <summary>In the order of the classes.</summary>
    public static IReadOnlyList<SettingDefinition> All { get; } = Build();

    private static readonly FrozenDictionary<string, SettingDefinition> ByKey =
        All.ToFrozenDictionary(setting => setting.Key, StringComparer.Ordinal);

    public static SettingDefinition? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>Also by a name of the predecessor systems, as in <c>worker.reaper_stall_seconds</c>.</summary>
    public static SettingDefinition? FindWithAliases(string key) => Find(key) ?? (AliasOf.TryGetValue(key, out string? own) ? Find(own) : null);

    /// <summary>" Did you mean x?", or nothing when no key is near.</summary>
    public static string Suggestion(string wrongKey)
    {
        string? nearest = EditDistance.Nearest(wrongKey, All.Select(setting => setting.Key).Append("queues").Append("resources").Append("schedules").Append("operations"));
        return nearest is null ? "" : $" Did you mean {nearest}?";
    }

    private static List<SettingDefinition> Build()
    {
        List<SettingDefinition> all = [];
        foreach (PropertyInfo top in typeof(PenstockSettings).GetProperties())
        {
            if (top.GetCustomAttribute<SettingAttribute>() is not { } attribute)
                continue;
            if (top.PropertyType.Namespace != typeof(PenstockSettings).Namespace)
            {
                all.Add(new SettingDefinition(attribute.Key, null, top, attribute));
                continue;
            }
            foreach (PropertyInfo inner in top.PropertyType.GetProperties())
            {
                if (inner.GetCustomAttribute<SettingAttribute>() is { } setting)
                    all.Add(new SettingDefinition($"{attribute.Key}.{setting.Key}", top, inner, setting));
            }
        }
        return all;
    }
}
