using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Penstock.Cli.Output;

/// <summary>Writes the help of a command: what it does, how it is called, its parts, examples.</summary>
internal sealed class HelpPrinter(CliEnvironment environment) : SynchronousCommandLineAction
{
    private const int WidestFirstColumn = 30;
    private const int WidestText = 110;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Print(parseResult.CommandResult.Command, environment.Out, Math.Min(environment.Width, WidestText));
        return ExitCodes.Ok;
    }

    public static string FullName(Command command)
    {
        Command? parent = command.Parents.OfType<Command>().FirstOrDefault();
        return command is RootCommand || parent is null ? "penstock" : $"{FullName(parent)} {command.Name}";
    }

    /// <summary>The command's own options and those it inherits.</summary>
    public static IEnumerable<Option> OptionsOf(Command command) => command.Options.Where(option => !option.Hidden)
        .Concat(Ancestors(command).SelectMany(ancestor => ancestor.Options.Where(option => option.Recursive && !option.Hidden))).Distinct();

    public static void Print(Command command, TextWriter output, int width)
    {
        Paragraph(output, command.Description ?? "", 0, width);
        if (command is CliCommand { Remarks: { } remarks })
        {
            output.WriteLine();
            Paragraph(output, remarks, 0, width);
        }
        output.WriteLine();
        output.WriteLine($"Usage: {Usage(command)}");

        List<Command> subcommands = [.. command.Subcommands.Where(sub => !sub.Hidden)];
        List<Option> own = [.. command.Options.Where(option => !option.Hidden && !option.Recursive)];
        List<Option> shared = [.. OptionsOf(command).Where(option => option.Recursive)];
        Section(output, "Commands", subcommands.Select(sub => (sub.Name, sub.Description ?? "")), width);
        Section(output, "Arguments", command.Arguments.Where(argument => !argument.Hidden).Select(argument => (ArgumentLabel(argument), argument.Description ?? "")), width);
        Section(output, "Options", own.Select(option => (Label(option), option.Description ?? "")), width);
        if (command is RootCommand)
            Section(output, "Options of every command", shared.Select(option => (Label(option), option.Description ?? "")), width);
        if (command is CliCommand { Examples.Count: > 0 } withExamples)
        {
            output.WriteLine();
            output.WriteLine("Examples:");
            foreach (string example in withExamples.Examples)
                output.WriteLine($"  {example}");
        }
        output.WriteLine();
        if (command is not RootCommand)
        {
            Paragraph(output, $"Also: {string.Join(", ", shared.Select(Label))}; see 'penstock --help'.", 0, width);
        }
        else
        {
            Paragraph(output, "Exit codes: 0 done, 1 the job or command failed, 2 input refused, 3 server not reachable, 64 wrong usage, 130 interrupted.", 0, width);
        }
    }

    private static IEnumerable<Command> Ancestors(Command command)
    {
        for (Command? parent = command.Parents.OfType<Command>().FirstOrDefault(); parent is not null; parent = parent.Parents.OfType<Command>().FirstOrDefault())
            yield return parent;
    }

    private static string Usage(Command command)
    {
        List<string> parts = [FullName(command)];
        if (command.Subcommands.Any(sub => !sub.Hidden))
            parts.Add(command.Action is null ? "COMMAND" : "[COMMAND]");
        parts.AddRange(command.Arguments.Where(argument => !argument.Hidden).Select(argument => argument.Arity switch
        {
            { MinimumNumberOfValues: 0, MaximumNumberOfValues: 1 } => $"[{ArgumentLabel(argument)}]",
            { MinimumNumberOfValues: 0 } => $"[{ArgumentLabel(argument)}...]",
            { MaximumNumberOfValues: > 1 } => $"{ArgumentLabel(argument)}...",
            _ => ArgumentLabel(argument),
        }));
        if (command.Options.Any(option => !option.Hidden && !option.Recursive))
            parts.Add("[OPTIONS]");
        return string.Join(' ', parts);
    }

    private static string ArgumentLabel(Argument argument) => argument.HelpName ?? argument.Name;

    private static string Label(Option option)
    {
        string names = string.Join(", ", option.Aliases.Prepend(option.Name).OrderBy(name => name.Length));
        return option.ValueType == typeof(bool) || option is HelpOption ? names : $"{names} {option.HelpName ?? "VALUE"}";
    }

    private static void Section(TextWriter output, string title, IEnumerable<(string Label, string Text)> rows, int width)
    {
        List<(string Label, string Text)> lines = [.. rows];
        if (lines.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine($"{title}:");
        int column = Math.Min(lines.Max(line => line.Label.Length), WidestFirstColumn) + 4;
        foreach ((string label, string text) in lines)
        {
            output.Write("  " + label);
            if (label.Length + 4 > column)
            {
                output.WriteLine();
                output.Write(new string(' ', column));
            }
            else
            {
                output.Write(new string(' ', column - 2 - label.Length));
            }
            Paragraph(output, text, column, width);
        }
    }

    /// <summary>Following lines are indented, the first one is where the caller stands.</summary>
    private static void Paragraph(TextWriter output, string text, int indent, int width) =>
        output.WriteLine(string.Join(output.NewLine + new string(' ', indent), TextLines.Of(text, width - indent)));
}
