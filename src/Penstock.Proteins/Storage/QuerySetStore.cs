using System.Data.Common;
using Penstock.Client.Proteins;
using Penstock.Proteins.Sequences;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Query sets: the sequences users upload. A set is visible once it is published, complete.</summary>
internal sealed class QuerySetStore(SqlDatabase database, TimeProvider time)
{
    private const int EntriesPerDelete = 1_000;

    /// <summary>Sequences stored and looked up by one statement.</summary>
    private const int SequencesPerPart = 1_000;

    /// <summary>Longer than any deletion takes: what is unpublished after it was left by a crash in the middle of one.</summary>
    private static readonly TimeSpan DeletionTimeMax = TimeSpan.FromHours(1);

    private const string StageSql = """
        insert into query_set (id, name, description, entry_count, created_at) values (@id, @name, @description, @count, @now)
        """;

    private const string InsertEntrySql = """
        insert into query_set_entry (query_set_id, accession, sequence_id) values (@set_id, @accession, @sequence_id)
        """;

    private const string PublishSql = "update query_set set published_at = @now where id = @id";

    private const string AbandonedSql = "select id from query_set where published_at is null and created_at < @before";

    /// <summary>Stores a whole set in one transaction: a disk that fills up or a crash leaves nothing of it.</summary>
    /// <remarks>Longer than other writes, but bounded by the limit on an upload; clearing up in parts would itself need room.</remarks>
    public async Task AddAsync(
        Guid id, string name, string? description, IReadOnlyList<QueryRecord> records, CancellationToken cancellationToken)
    {
        foreach (Guid left in await AbandonedAsync(cancellationToken))
            await RemoveAsync(left, cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement set = session.Statement(StageSql)
                    .Bind("id", id).Bind("name", name).Bind("description", description).Bind("count", records.Count).Bind("now", now);
                await set.ExecuteAsync(token);
                await StoreEntriesAsync(session, id, records, token);
                using SqlStatement publish = session.Statement(PublishSql).Bind("id", id).Bind("now", now);
                await publish.ExecuteAsync(token);
            },
            cancellationToken);
    }

    private async Task StoreEntriesAsync(SqlSession session, Guid id, IReadOnlyList<QueryRecord> records, CancellationToken cancellationToken)
    {
        SequenceWriter sequences = new(session, time.GetUtcNow());
        using SqlLoad entries = session.Load(InsertEntrySql).Bind("set_id", id);
        foreach (QueryRecord[] part in records.Chunk(SequencesPerPart))
        {
            await sequences.StoreAsync(part.Select(r => (r.SequenceHash, r.Sequence)), cancellationToken);
            foreach (QueryRecord record in part)
                await entries.Bind("accession", record.Accession).Bind("sequence_id", sequences.IdOf(record.SequenceHash)).AddAsync(cancellationToken);
        }
        await entries.EndAsync(cancellationToken);
    }

    private Task<List<Guid>> AbandonedAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(AbandonedSql).Bind("before", time.GetUtcNow() - DeletionTimeMax);
                return await statement.QueryAsync(row => row.GetGuid(0), token);
            },
            cancellationToken);

    private const string ListSql = """
        select id, name, description, created_at, entry_count from query_set
         where published_at is not null
         order by created_at desc, id
        """;

    public Task<List<QuerySet>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(Read, token);
            },
            cancellationToken);

    private const string FindSql = """
        select id, name, description, created_at, entry_count from query_set where id = @id and published_at is not null
        """;

    /// <exception cref="RecordNotFoundException"/>
    public async Task<QuerySet> GetAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindSql).Bind("id", id);
                return await statement.FirstAsync(Read, token);
            },
            cancellationToken)
        ?? throw RecordNotFoundException.QuerySet(id);

    private const string EntriesSql = """
        select q.accession, q.sequence_id, s.length
          from query_set_entry q join sequence s on s.id = q.sequence_id
         where q.query_set_id = @id
         order by q.id
        """;

    /// <summary>The entries in the order of their file.</summary>
    public Task<List<QuerySetEntry>> EntriesAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(EntriesSql).Bind("id", id);
                return await statement.QueryAsync(
                    row => new QuerySetEntry(row.GetString(0), row.GetInt64(1), row.GetInt32(2)), token);
            },
            cancellationToken);

    private const string HideSql = "update query_set set published_at = null where id = @id";

    private const string DetachSql = "update prediction_set set query_set_id = null where query_set_id = @id";

    private const string DeleteEntriesSql = """
        delete from query_set_entry where id in (select id from query_set_entry where query_set_id = @id limit @limit)
        """;

    private const string DeleteSetSql = "delete from query_set where id = @id";

    /// <summary>Deletes the set and its entries; predictions made from it stay.</summary>
    /// <returns>Entries deleted.</returns>
    public async Task<long> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await GetAsync(id, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement hide = session.Statement(HideSql).Bind("id", id);
                await hide.ExecuteAsync(token);
                using SqlStatement detach = session.Statement(DetachSql).Bind("id", id);
                await detach.ExecuteAsync(token);
            },
            cancellationToken);
        return await RemoveAsync(id, cancellationToken);
    }

    private async Task<long> RemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        long deleted = await database.DeleteInPartsAsync(DeleteEntriesSql, id, EntriesPerDelete, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement set = session.Statement(DeleteSetSql).Bind("id", id);
                await set.ExecuteAsync(token);
            },
            cancellationToken);
        return deleted;
    }

    private static QuerySet Read(DbDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.TextOrNull(2), row.Instant(3), row.GetInt64(4));
}
