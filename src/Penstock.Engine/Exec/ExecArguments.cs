using System.Text.Json;
using System.Text.RegularExpressions;
using Penstock.Engine.Enqueueing;

namespace Penstock.Engine.Exec;

/// <summary>Puts members of the payload into the arguments of a program.</summary>
/// <remarks>Only whole arguments are replaced and no shell reads them, so a value can end up as one argument and nothing else.</remarks>
internal static partial class ExecArguments
{
    /// <returns>The member that stands for the whole argument; null: it is literal.</returns>
    public static string? MemberOf(string argument) =>
        Placeholder().Match(argument) is { Success: true } match ? match.Groups[1].Value : null;

    /// <exception cref="InvalidPayloadException">A member is missing, null, or cannot be an argument.</exception>
    public static List<string> Fill(ExecDefinition exec, JsonElement payload) =>
        [.. exec.Command.Select(argument => MemberOf(argument) is { } member ? Value(exec, payload, member) : Unescaped(argument))];

    private static string Value(ExecDefinition exec, JsonElement payload, string member)
    {
        if (!payload.TryGetProperty(member, out JsonElement value) || value.ValueKind is JsonValueKind.Null)
            throw new InvalidPayloadException(exec.Name, $"its command needs the member '{member}', which is missing.");
        string text = value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new InvalidPayloadException(exec.Name, $"the member '{member}' holds a zero character, which no argument can carry.")
            : text;
    }

    private static string Unescaped(string argument) =>
        argument.StartsWith("{{", StringComparison.Ordinal) && argument.EndsWith("}}", StringComparison.Ordinal) ? argument[1..^1] : argument;

    [GeneratedRegex(@"^\{([A-Za-z_][A-Za-z0-9_]*)\}\z")]
    private static partial Regex Placeholder();
}
