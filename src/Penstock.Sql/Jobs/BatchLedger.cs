namespace Penstock.Sql.Jobs;

/// <summary>The marks of a batch: one bit an item and stage, so that any number of deliveries counts once.</summary>
internal static class BatchLedger
{
    /// <summary>Items per row: a bitmap of 512 bytes is rewritten for each mark.</summary>
    public const int ItemsPerChunk = 4_096;

    private const string ReadSql = """
        select done, failed from batch_ledger where parent_job_id = @id and stage = @stage and chunk = @chunk
        """;

    private const string WriteSql = """
        insert into batch_ledger (parent_job_id, stage, chunk, done, failed) values (@id, @stage, @chunk, @done, @failed)
        on conflict (parent_job_id, stage, chunk) do update set done = excluded.done, failed = excluded.failed
        """;

    private const string CountSql = """
        update batch_stage set done = done + @done, failed = failed + @failed where parent_job_id = @id and stage = @stage
        """;

    /// <summary>Whether the item is marked done in this stage.</summary>
    public static async Task<bool> IsDoneAsync(
        StoreWrite write, Guid jobId, int stage, int index, CancellationToken cancellationToken)
    {
        Chunk chunk = await ReadAsync(write, jobId, stage, index, cancellationToken);
        return Chunk.Get(chunk.Done, index);
    }

    /// <summary>Sets or clears one item's marks and keeps the stage's counts equal to them.</summary>
    /// <returns>False: they were so already.</returns>
    public static async Task<bool> MarkAsync(
        StoreWrite write, Guid jobId, int stage, int index, bool done, bool failed, CancellationToken cancellationToken)
    {
        Chunk chunk = await ReadAsync(write, jobId, stage, index, cancellationToken);
        int doneDelta = Chunk.Set(chunk.Done, index, done);
        int failedDelta = Chunk.Set(chunk.Failed, index, failed);
        if (doneDelta == 0 && failedDelta == 0)
            return false;
        using (SqlStatement store = write.Session.Statement(WriteSql)
            .Bind("id", jobId).Bind("stage", stage).Bind("chunk", index / ItemsPerChunk)
            .Bind("done", chunk.Done).Bind("failed", chunk.Failed))
        {
            await store.ExecuteAsync(cancellationToken);
        }
        using SqlStatement count = write.Session.Statement(CountSql)
            .Bind("id", jobId).Bind("stage", stage).Bind("done", doneDelta).Bind("failed", failedDelta);
        await count.ExecuteAsync(cancellationToken);
        return true;
    }

    private static async Task<Chunk> ReadAsync(
        StoreWrite write, Guid jobId, int stage, int index, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(ReadSql)
            .Bind("id", jobId).Bind("stage", stage).Bind("chunk", index / ItemsPerChunk);
        return await read.FirstAsync(row => new Chunk(row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)), cancellationToken)
            ?? new Chunk(new byte[ItemsPerChunk / 8], new byte[ItemsPerChunk / 8]);
    }

    private sealed record Chunk(byte[] Done, byte[] Failed)
    {
        public static bool Get(byte[] bits, int index) => (bits[index % ItemsPerChunk / 8] & (1 << (index % 8))) != 0;

        /// <returns>The change of the number of set bits: -1, 0 or 1.</returns>
        public static int Set(byte[] bits, int index, bool value)
        {
            if (Get(bits, index) == value)
                return 0;
            bits[index % ItemsPerChunk / 8] ^= (byte)(1 << (index % 8));
            return value ? 1 : -1;
        }
    }
}
