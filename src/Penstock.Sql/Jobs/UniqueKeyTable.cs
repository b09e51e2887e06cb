using Penstock.Engine.Enqueueing;

namespace Penstock.Sql.Jobs;

/// <summary>Keys of which only one job at a time may be queued or running. The end of the holder frees its key; see <see cref="EndingWriter"/>.</summary>
internal static class UniqueKeyTable
{
    private const string HolderSql = "select job_id from job_unique where key = @key";

    private const string TakeSql = "insert into job_unique (key, job_id) values (@key, @job_id) on conflict (key) do nothing";

    public static async Task<Guid?> HolderAsync(StoreWrite write, string key, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(HolderSql).Bind("key", key);
        return await find.ScalarAsync<string>(cancellationToken) is { } id ? Guid.Parse(id) : null;
    }

    /// <exception cref="UniqueKeyTakenException">Another job took the key since this one ended.</exception>
    public static async Task TakeAsync(StoreWrite write, string key, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement take = write.Session.Statement(TakeSql).Bind("key", key).Bind("job_id", jobId);
        if (await take.ExecuteAsync(cancellationToken) > 0)
            return;
        Guid? holder = await HolderAsync(write, key, cancellationToken);
        if (holder != jobId)
            throw new UniqueKeyTakenException(key, holder);
    }
}
