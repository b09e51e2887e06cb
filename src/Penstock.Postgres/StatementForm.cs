using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace Penstock.Postgres;

/// <summary>A statement as the server knows it: its text, and the type it expects of each parameter.</summary>
/// <remarks>
/// The types are the server's own, asked for once a process: a value is then sent as what it is compared with, and null has a
/// type, too, so that each text is one prepared statement.
/// </remarks>
internal sealed record StatementForm(string Sql, Dictionary<string, int> Parameters, IReadOnlyList<NpgsqlDbType> Types)
{
    public static StatementForm Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql)
    {
        PostgresText text = PostgresText.Of(sql);
        using NpgsqlCommand command = new(text.Named, connection, transaction);
        if (text.Parameters.Count > 0)
            NpgsqlCommandBuilder.DeriveParameters(command);
        Dictionary<string, NpgsqlDbType> types = command.Parameters
            .ToDictionary(p => p.ParameterName.TrimStart('@'), p => p.NpgsqlDbType, StringComparer.Ordinal);
        return new StatementForm(
            text.Positional,
            text.Parameters.Index().ToDictionary(p => p.Item, p => p.Index, StringComparer.Ordinal),
            [.. text.Parameters.Select(p => types[p])]);
    }
}

/// <summary>The forms of a database's statements. They are constants, so there are as many as the program has.</summary>
internal sealed class StatementForms
{
    private readonly ConcurrentDictionary<string, StatementForm> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoadForm> _loads = new(StringComparer.Ordinal);

    public StatementForm Of(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql) =>
        _known.TryGetValue(sql, out StatementForm? known) ? known : _known[sql] = StatementForm.Read(connection, transaction, sql);

    public LoadForm LoadOf(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql) =>
        _loads.TryGetValue(sql, out LoadForm? known) ? known : _loads[sql] = LoadForm.Of(Of(connection, transaction, sql));
}
