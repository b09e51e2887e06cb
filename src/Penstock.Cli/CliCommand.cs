using System.CommandLine;

namespace Penstock.Cli;

/// <summary>A command with examples for its help, and what it does.</summary>
internal sealed class CliCommand : Command
{
    /// <param name="summary">One sentence; the first line of the help and the line in the parent's list.</param>
    /// <param name="examples">Command lines with an optional remark after <c>  # </c>.</param>
    public CliCommand(string name, string summary, params string[] examples)
        : base(name, summary) => Examples = examples;

    public IReadOnlyList<string> Examples { get; }

    /// <summary>Paragraphs below the summary in the command's own help.</summary>
    public string? Remarks { get; init; }

    public CliCommand With(params IEnumerable<Symbol> parts)
    {
        foreach (Symbol part in parts)
        {
            switch (part)
            {
                case Option option:
                    Options.Add(option);
                    break;
                case Argument argument:
                    Arguments.Add(argument);
                    break;
                case Command command:
                    Subcommands.Add(command);
                    break;
            }
        }
        return this;
    }

    /// <summary>Sets what the command does; the answer is the exit code.</summary>
    public CliCommand Does(CliContext cli, Func<CommandRun, CancellationToken, Task<int>> run)
    {
        SetAction((parse, cancellationToken) => run(new CommandRun(cli, parse), cancellationToken));
        return this;
    }
}
