using System.Data.Common;
using Penstock.Engine.Operations;

namespace Penstock.Sql.Limits;

/// <summary>What a queue allows each of its concurrency keys.</summary>
/// <param name="MaxRunning">Null: no limit.</param>
internal sealed record KeyLimits(int? MaxRunning, RateLimit? Rate)
{
    /// <summary>Of three columns: running per key, and the key's rate.</summary>
    public static KeyLimits Read(DbDataReader row, int column) => new(row.IntOrNull(column), RateOf(row, column + 1));

    /// <summary>Of two columns: the count, and the length of the window in seconds.</summary>
    public static RateLimit? RateOf(DbDataReader row, int column) => row.IntOrNull(column) is { } count
        ? new RateLimit(count, TimeSpan.FromSeconds(row.GetDouble(column + 1)))
        : null;
}
