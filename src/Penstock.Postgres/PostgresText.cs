using System.Text;
using System.Text.RegularExpressions;

namespace Penstock.Postgres;

/// <summary>The shared statements in PostgreSQL's words: four fixed rules, no parsing of SQL in general.</summary>
/// <remarks>
/// 1. <c>in (select value from json_each(@list))</c> becomes <c>= any(@list)</c>: rows are addressed by an array, which no
///    plan turns into a scan. 2. <c>json_each(@list)</c> elsewhere becomes <c>unnest(cast(@list as bigint[])) as value</c> (such lists are keys), and of a column
///    <c>json_array_elements_text(column)</c>. 3. <c>max</c> and <c>min</c> of two values become <c>greatest</c> and
///    <c>least</c>. 4. <c>@name</c> becomes <c>$n</c>; the same name has the same number.
/// </remarks>
internal sealed partial class PostgresText
{
    private PostgresText(string named, string positional, IReadOnlyList<string> parameters) =>
        (Named, Positional, Parameters) = (named, positional, parameters);

    /// <summary>With <c>@name</c>, as the driver reads types of parameters from it.</summary>
    public string Named { get; }

    /// <summary>With <c>$n</c>, as it is run.</summary>
    public string Positional { get; }

    /// <summary>The name of <c>$1</c>, of <c>$2</c>, ...</summary>
    public IReadOnlyList<string> Parameters { get; }

    public static PostgresText Of(string sql)
    {
        string text = ListMember().Replace(sql, "= any($1)");
        text = ListRows().Replace(text, "unnest(cast($1 as bigint[])) as value");
        text = ColumnRows().Replace(text, "json_array_elements_text($1)");
        text = OfTwo(OfTwo(text, "max", "greatest"), "min", "least");
        List<string> parameters = [];
        string positional = Parameter().Replace(
            text,
            match =>
            {
                if (!match.Groups["name"].Success)
                    return match.Value;
                int known = parameters.IndexOf(match.Groups["name"].Value);
                if (known < 0)
                {
                    known = parameters.Count;
                    parameters.Add(match.Groups["name"].Value);
                }
                return $"${known + 1}";
            });
        return new PostgresText(text, positional, parameters);
    }

    /// <summary>Renames a function where it has two arguments; with one it is the aggregate.</summary>
    private static string OfTwo(string text, string from, string to)
    {
        StringBuilder result = new();
        int copied = 0;
        foreach (Match call in Regex.Matches(text, $@"\b{from}\("))
        {
            if (!HasTwo(text, call.Index + call.Length))
                continue;
            result.Append(text, copied, call.Index - copied).Append(to);
            copied = call.Index + from.Length;
        }
        return result.Append(text, copied, text.Length - copied).ToString();
    }

    private static bool HasTwo(string text, int start)
    {
        int depth = 0;
        for (int i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '(':
                    depth++;
                    break;
                case ')' when depth-- == 0:
                    return false;
                case ',' when depth == 0:
                    return true;
            }
        }
        return false;
    }

    [GeneratedRegex(@"\bin \(select value from json_each\((@\w+)\)\)")]
    private static partial Regex ListMember();

    [GeneratedRegex(@"\bjson_each\((@\w+)\)")]
    private static partial Regex ListRows();

    [GeneratedRegex(@"\bjson_each\(([a-z_.]+)\)")]
    private static partial Regex ColumnRows();

    // A text in quotes, in which nothing is a parameter, or a parameter.
    [GeneratedRegex("'[^']*'|@(?<name>[a-z_]+[a-z_0-9]*)")]
    private static partial Regex Parameter();
}
