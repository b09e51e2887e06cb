using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Finds or stores sequences within one write, each once.</summary>
internal sealed class SequenceWriter : IDisposable
{
    private const string InsertSql = """
        insert into sequence (sequence, sequence_hash, length, created_at) values (@sequence, @hash, @length, @now)
        on conflict (sequence_hash) do nothing
        """;

    private const string FindSql = "select id from sequence where sequence_hash = @hash";

    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);
    private readonly SqlStatement _insert;
    private readonly SqlStatement _find;

    public SequenceWriter(SqlSession session, DateTimeOffset now)
    {
        _insert = session.Statement(InsertSql).Bind("now", now);
        _find = session.Statement(FindSql);
    }

    /// <summary>Distinct sequences stored by this write.</summary>
    public int Inserted { get; private set; }

    /// <summary>Distinct sequences that were stored before.</summary>
    public int Reused { get; private set; }

    /// <param name="hash">Of exactly these residues.</param>
    public async Task<long> IdOfAsync(string residues, string hash, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(hash, out long id))
            return id;
        int rows = await _insert.Bind("sequence", residues).Bind("hash", hash).Bind("length", residues.Length)
            .ExecuteAsync(cancellationToken);
        Inserted += rows;
        Reused += 1 - rows;
        id = await _find.Bind("hash", hash).ScalarAsync<long>(cancellationToken);
        _known.Add(hash, id);
        return id;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _find.Dispose();
    }
}
