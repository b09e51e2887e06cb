using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Penstock.Client.Errors;
using Penstock.Engine;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Output;

/// <summary>Says what went wrong as <c>error[code]: message</c>, and which exit code that is.</summary>
internal sealed class ErrorPrinter(CliEnvironment environment, bool debug)
{
    public int Print(Exception error)
    {
        (string code, string message, int exit) = Describe(error);
        Write(code, message);
        if (debug)
            environment.Error.WriteLine(error);
        return exit;
    }

    /// <summary>For a line the parser rejected: the first mistake, the nearest valid word, where the help is.</summary>
    public int Usage(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        if (command.Subcommands.Count > 0 && command.Action is null && parse.UnmatchedTokens.Count == 0)
            Write("usage", $"A command is missing: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}.");
        else
        {
            // An unknown word also makes the command look missing; only the word is the mistake.
            IEnumerable<string> messages = parse.Errors.Select(error => error.Message).Distinct();
            if (parse.UnmatchedTokens.Count > 0)
                messages = messages.Where(message => parse.UnmatchedTokens.Any(token => message.Contains(token, StringComparison.Ordinal)));
            foreach (string message in messages.Take(3))
                Write("usage", Tidy(message) + Suggestion(parse, message));
        }
        environment.Error.WriteLine($"See '{HelpPrinter.FullName(command)} --help'.");
        return ExitCodes.Usage;
    }

    private void Write(string code, string message)
    {
        bool color = environment.ErrorIsTerminal && environment.Variable("NO_COLOR") is null;
        string label = color ? $"\e[31merror[{code}]\e[0m" : $"error[{code}]";
        environment.Error.WriteLine($"{label}: {message}");
    }

    private static (string Code, string Message, int Exit) Describe(Exception error) => error switch
    {
        UsageException usage => ("usage", usage.Message, ExitCodes.Usage),
        ServerUnreachableException unreachable => (unreachable.Code, unreachable.Message, ExitCodes.ServerNotReachable),
        HttpRequestException => ("server-unreachable", $"No Penstock server answers ({error.Message}). Start it with 'penstock up', or check the address.", ExitCodes.ServerNotReachable),
        PenstockApiException { Status: HttpStatusCode.Unauthorized } refused =>
            (refused.Code, $"{refused.Detail} Give a valid token with --token or PENSTOCK_TOKEN.", ExitCodes.Refused),
        PenstockApiException refused => (
            refused.Code, refused.TraceId is null || (int)refused.Status < 500 ? refused.Detail : $"{refused.Detail} (trace {refused.TraceId} in the server's log)",
            (int)refused.Status < 500 ? ExitCodes.Refused : ExitCodes.Failed),
        PenstockException { Kind: ErrorKind.Unavailable } down => (down.Code, down.Message, ExitCodes.Failed),
        PenstockException known => (known.Code, known.Message, ExitCodes.Refused),
        FileNotFoundException or DirectoryNotFoundException => ("file-not-found", error.Message, ExitCodes.Refused),
        UnauthorizedAccessException => ("access-denied", error.Message, ExitCodes.Refused),
        IOException => ("input-output", error.Message, ExitCodes.Failed),
        AggregateException { InnerExceptions.Count: 1 } aggregate => Describe(aggregate.InnerException!),
        _ => ("internal", $"{error.GetType().Name}: {error.Message} This is a defect of Penstock; --debug shows where it happened.", ExitCodes.Failed),
    };

    private static string Tidy(string message) => message.TrimEnd('.') + ".";

    private static string Suggestion(ParseResult parse, string message)
    {
        string? wrong = parse.UnmatchedTokens.FirstOrDefault(token => message.Contains($"'{token}'", StringComparison.Ordinal));
        if (wrong is null)
            return "";
        IEnumerable<string> known = wrong.StartsWith('-')
            ? HelpPrinter.OptionsOf(parse.CommandResult.Command).Select(option => option.Name)
            : parse.CommandResult.Command.Subcommands.Where(command => !command.Hidden).Select(command => command.Name);
        return EditDistance.Nearest(wrong, known) is { } nearest ? $" Did you mean {nearest}?" : "";
    }
}
