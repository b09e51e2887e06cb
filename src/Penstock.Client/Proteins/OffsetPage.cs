namespace Penstock.Client.Proteins;

/// <summary>A part of a listing.</summary>
/// <param name="Total">Entries in all, before offset and limit.</param>
public sealed record OffsetPage<T>(long Total, int Offset, int Limit, IReadOnlyList<T> Items);
