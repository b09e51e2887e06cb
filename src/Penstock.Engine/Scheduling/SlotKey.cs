using System.Globalization;

namespace Penstock.Engine.Scheduling;

/// <summary>The idempotency key of a schedule's job: <c>schedule:{name}:{slot}</c>. It makes a slot one job, and a schedule's jobs one range of the key's index.</summary>
public static class SlotKey
{
    private const string ByHand = "/by-hand";
    private const string Format = "yyyy-MM-ddTHH:mm:ss'Z'";
    private const string FineFormat = "yyyy-MM-ddTHH:mm:ss.ffffff'Z'";

    public static string Of(string schedule, DateTimeOffset slot) =>
        Prefix(schedule) + slot.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>A run now: sorted among the slots, and never one of them.</summary>
    public static string OfRunByHand(string schedule, DateTimeOffset at, Guid jobId) =>
        $"{Prefix(schedule)}{at.UtcDateTime.ToString(FineFormat, CultureInfo.InvariantCulture)}{ByHand}/{jobId:N}";

    /// <summary>The first text that is not before a run of this slot or moment: the bound of a page.</summary>
    public static string Bound(string schedule, DateTimeOffset at) => at.Ticks % TimeSpan.TicksPerSecond == 0
        ? Of(schedule, at)
        : Prefix(schedule) + at.UtcDateTime.ToString(FineFormat, CultureInfo.InvariantCulture);

    /// <summary>What all keys of a schedule begin with; a name holds no colon.</summary>
    public static string Prefix(string schedule) => $"schedule:{schedule}:";

    /// <summary>The first text after all keys of a schedule.</summary>
    public static string End(string schedule) => $"schedule:{schedule};";

    /// <returns>Null: no key of a schedule, though it begins like one.</returns>
    public static (DateTimeOffset Slot, bool ByHand)? Read(string schedule, string key)
    {
        string rest = key[Prefix(schedule).Length..];
        bool byHand = rest.Contains(ByHand, StringComparison.Ordinal);
        string instant = byHand ? rest[..rest.IndexOf(ByHand, StringComparison.Ordinal)] : rest;
        return DateTimeOffset.TryParseExact(
            instant, byHand ? FineFormat : Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset slot)
            ? (slot, byHand)
            : null;
    }

    /// <summary>The delay of a slot, spread evenly from 0 to <paramref name="most"/>: the same on every host and after every restart.</summary>
    public static TimeSpan Jitter(string schedule, DateTimeOffset slot, TimeSpan most)
    {
        if (most <= TimeSpan.Zero)
            return TimeSpan.Zero;
        // FNV-1a, 64 bits, then mixed: short alike texts differ only in their low bits otherwise.
        ulong hash = 14_695_981_039_346_656_037;
        foreach (char letter in Of(schedule, slot))
            hash = (hash ^ letter) * 1_099_511_628_211;
        hash = (hash ^ (hash >> 32)) * 0xD6E8_FEB8_6659_FD93;
        hash ^= hash >> 32;
        return TimeSpan.FromMilliseconds(hash % ((ulong)most.TotalMilliseconds + 1));
    }
}
