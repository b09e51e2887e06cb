using System.Text.RegularExpressions;

namespace Penstock.Postgres;

/// <summary>The insert of one row as an insert of many: <c>values ($1, $2)</c> becomes a select from <c>unnest($1, $2)</c>.</summary>
/// <param name="Row">The statement as it was written: what the server expects of one row.</param>
internal sealed partial record LoadForm(string Sql, StatementForm Row)
{
    public static LoadForm Of(StatementForm row)
    {
        Match values = ValuesList().Match(row.Sql);
        string rest = values.Success ? row.Sql.Remove(values.Index, values.Length) : row.Sql;
        if (!values.Success || AnyParameter().IsMatch(rest))
            throw new NotSupportedException($"A load inserts 'values (@a, @b, ...)' and has parameters nowhere else: {row.Sql}");
        int count = row.Types.Count;
        string selected = AnyParameter().Replace(values.Groups["list"].Value, "r.p${number}");
        string arrays = string.Join(", ", Enumerable.Range(1, count).Select(i => $"${i}"));
        string names = string.Join(", ", Enumerable.Range(1, count).Select(i => $"p{i}"));
        string set = $"select {selected} from unnest({arrays}) as r ({names})";
        return new LoadForm(row.Sql[..values.Index] + set + row.Sql[(values.Index + values.Length)..], row);
    }

    [GeneratedRegex(@"\bvalues\s*\((?<list>\s*\$\d+(?:\s*,\s*\$\d+)*)\s*\)")]
    private static partial Regex ValuesList();

    [GeneratedRegex(@"\$(?<number>\d+)")]
    private static partial Regex AnyParameter();
}
