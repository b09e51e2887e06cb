namespace Penstock.Sql;

/// <summary>Many rows by one insert: bind the values of a row, add it, then the next; at the end, end.</summary>
/// <remarks>
/// In the process itself a row is inserted when it is added, by one prepared statement. Where a statement is a round trip to
/// a server, up to a thousand rows travel as one. Either way keys that the database gives follow the order of the rows, and a
/// value keeps until it is bound again. A row is not stored before <see cref="EndAsync"/>, and what went wrong with it may be
/// told only there.
/// </remarks>
public abstract class SqlLoad : IDisposable
{
    /// <summary>Sets the parameter <c>@name</c> of the row to come; null becomes SQL null.</summary>
    public abstract SqlLoad Bind(string name, object? value);

    /// <inheritdoc cref="Bind(string, object?)"/>
    public virtual SqlLoad Bind(string name, long value) => Bind(name, (object)value);

    /// <inheritdoc cref="Bind(string, object?)"/>
    public virtual SqlLoad Bind(string name, Guid value) => Bind(name, (object)value);

    /// <inheritdoc cref="Bind(string, object?)"/>
    public virtual SqlLoad Bind(string name, DateTimeOffset value) => Bind(name, (object)value);

    /// <summary>The row is complete.</summary>
    public abstract Task AddAsync(CancellationToken cancellationToken);

    /// <summary>Inserts what has not been yet.</summary>
    /// <returns>Rows that were inserted in all: fewer than were added, if conflicts do nothing.</returns>
    public abstract Task<int> EndAsync(CancellationToken cancellationToken);

    /// <summary>Gives the statement back; what was added and not ended is given up.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
