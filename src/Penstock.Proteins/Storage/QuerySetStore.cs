using System.Data.Common;
using Penstock.Client.Proteins;
using Penstock.Proteins.Sequences;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Query sets: the sequences users upload.</summary>
internal sealed class QuerySetStore(SqlDatabase database, TimeProvider time)
{
    private const int EntriesPerWrite = 1_000;

    private const string InsertSetSql = """
        insert into query_set (id, name, description, entry_count, created_at) values (@id, @name, @description, @count, @now)
        """;

    private const string InsertEntrySql = """
        insert into query_set_entry (query_set_id, accession, sequence_id) values (@set_id, @accession, @sequence_id)
        """;

    /// <summary>Stores a whole set; nobody sees a part of it.</summary>
    /// <remarks>
    /// Sequences go first, in parts that others can write between: a sequence nobody refers to harms nothing. The set and
    /// its entries follow in one transaction.
    /// </remarks>
    public async Task AddAsync(
        Guid id, string name, string? description, IReadOnlyList<QueryRecord> records, CancellationToken cancellationToken)
    {
        List<long> sequenceIds = new(records.Count);
        foreach (QueryRecord[] part in records.Chunk(EntriesPerWrite))
            sequenceIds.AddRange(await database.WriteAsync((session, token) => StoreSequencesAsync(session, part, token), cancellationToken));
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement set = session.Statement(InsertSetSql)
                    .Bind("id", id).Bind("name", name).Bind("description", description).Bind("count", records.Count)
                    .Bind("now", time.GetUtcNow());
                await set.ExecuteAsync(token);
                using SqlStatement entry = session.Statement(InsertEntrySql).Bind("set_id", id);
                for (int i = 0; i < records.Count; i++)
                    await entry.Bind("accession", records[i].Accession).Bind("sequence_id", sequenceIds[i]).ExecuteAsync(token);
            },
            cancellationToken);
    }

    private async Task<List<long>> StoreSequencesAsync(
        SqlSession session, IReadOnlyCollection<QueryRecord> records, CancellationToken cancellationToken)
    {
        using SequenceWriter sequences = new(session, time.GetUtcNow());
        List<long> ids = new(records.Count);
        foreach (QueryRecord record in records)
            ids.Add(await sequences.IdOfAsync(record.Sequence, record.SequenceHash, cancellationToken));
        return ids;
    }

    private const string ListSql = "select id, name, description, created_at, entry_count from query_set order by created_at desc, id";

    public Task<List<QuerySet>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(Read, token);
            },
            cancellationToken);

    private const string FindSql = "select id, name, description, created_at, entry_count from query_set where id = @id";

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

    private const string DetachSql = "update prediction_set set query_set_id = null where query_set_id = @id";

    private const string DeleteEntriesSql = "delete from query_set_entry where query_set_id = @id";

    private const string DeleteSetSql = "delete from query_set where id = @id";

    /// <summary>Deletes the set and its entries; predictions made from it stay.</summary>
    public async Task<int> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await GetAsync(id, cancellationToken);
        return await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement detach = session.Statement(DetachSql).Bind("id", id);
                await detach.ExecuteAsync(token);
                using SqlStatement entries = session.Statement(DeleteEntriesSql).Bind("id", id);
                int deleted = await entries.ExecuteAsync(token);
                using SqlStatement set = session.Statement(DeleteSetSql).Bind("id", id);
                await set.ExecuteAsync(token);
                return deleted;
            },
            cancellationToken);
    }

    private static QuerySet Read(DbDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.TextOrNull(2), row.Instant(3), row.GetInt64(4));
}
