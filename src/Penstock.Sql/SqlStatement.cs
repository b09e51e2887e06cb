using System.Data.Common;

namespace Penstock.Sql;

/// <summary>One prepared statement with its values: bind every parameter, then run; once or many times.</summary>
/// <remarks>The dialect makes it. A row given to <c>map</c> is valid only during that call.</remarks>
public abstract class SqlStatement : IDisposable
{
    /// <summary>Sets the parameter <c>@name</c>; null becomes SQL null. A value keeps until it is bound again.</summary>
    public abstract SqlStatement Bind(string name, object? value);

    /// <inheritdoc cref="Bind(string, object?)"/>
    public virtual SqlStatement Bind(string name, long value) => Bind(name, (object)value);

    /// <inheritdoc cref="Bind(string, object?)"/>
    public virtual SqlStatement Bind(string name, Guid value) => Bind(name, (object)value);

    /// <inheritdoc cref="Bind(string, object?)"/>
    public virtual SqlStatement Bind(string name, DateTimeOffset value) => Bind(name, (object)value);

    /// <returns>Rows changed.</returns>
    public abstract Task<int> ExecuteAsync(CancellationToken cancellationToken);

    /// <summary>Inserts one row into a table whose short key the database gives.</summary>
    /// <returns>The key; null: a conflict left nothing to insert.</returns>
    public abstract Task<long?> InsertAsync(CancellationToken cancellationToken);

    /// <summary>The first column of the first row; default where there is no row or it is null.</summary>
    public abstract Task<T?> ScalarAsync<T>(CancellationToken cancellationToken);

    public abstract Task<List<T>> QueryAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken);

    public abstract Task<T?> FirstAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Rows one by one, for results too large to hold.</summary>
    public abstract IAsyncEnumerable<T> StreamAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken);

    /// <summary>Gives the statement back to its connection.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
