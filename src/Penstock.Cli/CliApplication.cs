using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Penstock.Cli.Commands;
using Penstock.Cli.Output;

namespace Penstock.Cli;

/// <summary>The program: parses the line, runs the command, turns every error into one plain sentence and an exit code.</summary>
internal sealed class CliApplication
{
    // @FILE is a payload here, not a file with more arguments.
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };

    private readonly CliContext _cli;

    public CliApplication(CliEnvironment environment)
    {
        _cli = new CliContext(environment, new GlobalOptions());
        Root = CommandTree.Build(_cli);
        Option help = Root.Options.First(option => option is HelpOption);
        help.Description = "Show help.";
        foreach (string alias in help.Aliases.Where(alias => alias.StartsWith('/') || alias == "-?").ToList())
            help.Aliases.Remove(alias);
        help.Action = new HelpPrinter(environment);
        Root.Options.Remove(Root.Options.First(option => option is VersionOption));
    }

    public RootCommand Root { get; }

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        CliEnvironment environment = _cli.Environment;
        ParseResult parse = Root.Parse(arguments, Configuration);
        ErrorPrinter errors = new(environment, debug: parse.GetValue(_cli.Globals.Debug));
        bool asksForWords = Root.Directives.Any(directive => parse.GetResult(directive) is not null);
        if (parse.Errors.Count > 0 && !asksForWords && parse.Action is not HelpPrinter)
            return errors.Usage(parse);
        try
        {
            InvocationConfiguration configuration = new()
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // StopSignals does it
                Output = environment.Out,
                Error = environment.Error,
            };
            return await parse.InvokeAsync(configuration, environment.Stop);
        }
        catch (OperationCanceledException) when (environment.Stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception error)
        {
            return errors.Print(error);
        }
    }
}
