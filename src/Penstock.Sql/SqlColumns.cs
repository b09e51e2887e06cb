using System.Data.Common;

namespace Penstock.Sql;

/// <summary>Nullable columns by position, alike for every dialect.</summary>
public static class SqlColumns
{
    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static int? IntOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static long? LongOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static double? DoubleOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    public static Guid? GuidOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    public static DateTimeOffset Instant(this DbDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column).ToUniversalTime();

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);
}
