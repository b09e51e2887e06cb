namespace Penstock.Sql;

/// <summary>Adds rows that depend on nothing, so that those of several callers can go together.</summary>
/// <typeparam name="TRow">What one row is made of.</typeparam>
/// <typeparam name="TResult">What a caller hears of each of its rows.</typeparam>
public abstract class RowAdder<TRow, TResult>
{
    /// <summary>Up to so many rows are one statement.</summary>
    public abstract int RowsPerStatement { get; }

    /// <summary>Adding the same rows twice must leave them there once: where a connection breaks, it is done again.</summary>
    /// <returns>In the order of the rows.</returns>
    public abstract Task<IReadOnlyList<TResult>> AddAsync(SqlSession session, IReadOnlyList<TRow> rows, CancellationToken cancellationToken);
}
