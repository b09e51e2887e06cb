using System.CommandLine;
using System.Runtime.CompilerServices;
using Penstock.Cli;
using Penstock.Cli.Output;
using Xunit;

namespace Penstock.Tests.Cli;

/// <summary>The help of every command is part of what users depend on: a changed snapshot is reviewed like code.</summary>
public sealed class HelpTests
{
    private const int Width = 100;

    [Fact]
    public void The_help_of_every_command_is_as_reviewed()
    {
        StringWriter all = new() { NewLine = "\n" };
        foreach (Command command in Commands())
        {
            all.WriteLine($"==== {HelpPrinter.FullName(command)} ====");
            HelpPrinter.Print(command, all, Width);
            all.WriteLine();
        }
        string file = SnapshotFile();
        if (Environment.GetEnvironmentVariable("PENSTOCK_ACCEPT") == "1")
            File.WriteAllText(file, all.ToString());
        Assert.Equal(File.ReadAllText(file), all.ToString());
    }

    [Fact]
    public void Every_command_that_does_something_says_what_and_has_an_example_that_names_it()
    {
        foreach (Command command in Commands().Where(command => command.Action is not null))
        {
            CliCommand known = Assert.IsType<CliCommand>(command);
            Assert.EndsWith(".", known.Description!, StringComparison.Ordinal);
            Assert.Contains(known.Examples, example => example.Contains(HelpPrinter.FullName(command), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_argument_and_option_is_described() => Assert.All(
        Commands().SelectMany(command => command.Arguments.Cast<Symbol>().Concat(command.Options)),
        symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), symbol.Name));

    [Fact]
    public void No_line_of_help_is_wider_than_the_terminal_except_examples()
    {
        foreach (Command command in Commands())
        {
            StringWriter help = new();
            HelpPrinter.Print(command, help, 80);
            string text = help.ToString();
            int examples = text.IndexOf("Examples:", StringComparison.Ordinal);
            Assert.All((examples < 0 ? text : text[..examples]).Split('\n').Where(line => !line.StartsWith("Usage:", StringComparison.Ordinal)),
                line => Assert.True(line.Length <= 80, line));
        }
    }

    internal static List<Command> Commands()
    {
        using CliUnderTest cli = new(init: false);
        List<Command> found = [];
        void Visit(Command command)
        {
            found.Add(command);
            foreach (Command sub in command.Subcommands.Where(sub => !sub.Hidden))
                Visit(sub);
        }
        Visit(new CliApplication(cli.Environment()).Root);
        return found;
    }

    private static string SnapshotFile([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "help.txt");
}
