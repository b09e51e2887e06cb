namespace Penstock.Sql;

/// <summary>A load for a database in the process itself, where a prepared insert costs less than gathering its rows.</summary>
internal sealed class RowByRowLoad(SqlStatement insert) : SqlLoad
{
    private int _inserted;

    public override SqlLoad Bind(string name, object? value)
    {
        insert.Bind(name, value);
        return this;
    }

    public override SqlLoad Bind(string name, long value)
    {
        insert.Bind(name, value);
        return this;
    }

    public override SqlLoad Bind(string name, Guid value)
    {
        insert.Bind(name, value);
        return this;
    }

    public override SqlLoad Bind(string name, DateTimeOffset value)
    {
        insert.Bind(name, value);
        return this;
    }

    public override async Task AddAsync(CancellationToken cancellationToken) => _inserted += await insert.ExecuteAsync(cancellationToken);

    public override Task<int> EndAsync(CancellationToken cancellationToken) => Task.FromResult(_inserted);

    protected override void Dispose(bool disposing) => insert.Dispose();
}
