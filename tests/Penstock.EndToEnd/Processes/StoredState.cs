using System.Globalization;
using System.Numerics;
using Microsoft.Data.Sqlite;

namespace Penstock.EndToEnd.Processes;

/// <summary>What is in the database file of a workspace, read beside the program and without it.</summary>
/// <remarks>Read-only: opened otherwise, it would tidy up after a killed server, and the restarted one would not have to.</remarks>
internal sealed class StoredState(string workspace)
{
    private readonly string _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(workspace, "data", "penstock.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 30,
    }.ToString();

    public string Integrity() => (string)Rows("pragma integrity_check")[0][0];

    public long Count(string sql, params IReadOnlyList<(string Name, object Value)> parameters) =>
        Convert.ToInt64(Rows(sql, parameters)[0][0], CultureInfo.InvariantCulture);

    /// <summary>Rows of every table by name.</summary>
    public SortedDictionary<string, long> RowCounts(params IReadOnlyCollection<string> except)
    {
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (object[] row in Rows("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"))
        {
            string table = (string)row[0];
            if (!except.Contains(table))
                counts[table] = Count($"select count(*) from \"{table}\"");
        }
        return counts;
    }

    /// <summary>Distinct items of a batch marked done in its last stage: bits in the ledger.</summary>
    public int ItemsMarkedDone(Guid jobId) =>
        Rows(
            """
            select done from batch_ledger l
             where parent_job_id = $id and stage = (select max(stage) from batch_stage s where s.parent_job_id = l.parent_job_id)
            """,
            ("$id", jobId.ToString()))
        .Sum(row => ((byte[])row[0]).Sum(bits => BitOperations.PopCount(bits)));

    public List<object[]> Rows(string sql, params IReadOnlyList<(string Name, object Value)> parameters)
    {
        using SqliteConnection connection = new(_connectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
            command.Parameters.AddWithValue(name, value);
        using SqliteDataReader reader = command.ExecuteReader();
        List<object[]> rows = [];
        while (reader.Read())
        {
            object[] row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }
}
