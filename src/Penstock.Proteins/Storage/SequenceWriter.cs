using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Finds or stores sequences within one write, each once.</summary>
internal sealed class SequenceWriter(SqlSession session, DateTimeOffset now)
{
    private const string InsertSql = """
        insert into sequence (sequence, sequence_hash, length, created_at) values (@sequence, @hash, @length, @now)
        on conflict (sequence_hash) do nothing
        """;

    private const string FindSql = "select sequence_hash, id from sequence where sequence_hash in (select value from json_each(@hashes))";

    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    /// <summary>Distinct sequences stored by this write.</summary>
    public int Inserted { get; private set; }

    /// <summary>Distinct sequences that were stored before.</summary>
    public int Reused => _known.Count - Inserted;

    /// <summary>Must have been stored by <see cref="StoreAsync"/>.</summary>
    public long IdOf(string hash) => _known[hash];

    /// <param name="sequences">Each with the hash of exactly its residues; not more than one write should hold.</param>
    public async Task StoreAsync(IEnumerable<(string Hash, string Residues)> sequences, CancellationToken cancellationToken)
    {
        (string Hash, string Residues)[] wanted = [.. sequences.Where(s => !_known.ContainsKey(s.Hash)).DistinctBy(s => s.Hash, StringComparer.Ordinal)];
        if (wanted.Length == 0)
            return;
        using SqlLoad insert = session.Load(InsertSql).Bind("now", now);
        foreach ((string hash, string residues) in wanted)
            await insert.Bind("sequence", residues).Bind("hash", hash).Bind("length", residues.Length).AddAsync(cancellationToken);
        Inserted += await insert.EndAsync(cancellationToken);
        using SqlStatement find = session.Statement(FindSql).Bind("hashes", new SqlList<string>(Array.ConvertAll(wanted, s => s.Hash)));
        foreach ((string hash, long id) in await find.QueryAsync(row => (row.GetString(0), row.GetInt64(1)), cancellationToken))
            _known.Add(hash, id);
    }
}
