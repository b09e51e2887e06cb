using System.CommandLine;
using Penstock.Cli.Proteins;

namespace Penstock.Cli.Commands;

/// <summary>All commands of the program, in the order the help shows them.</summary>
internal static class CommandTree
{
    public static RootCommand Build(CliContext cli)
    {
        RootCommand root = new("Runs long data pipelines and their operations: a durable job engine with a console, in one program.");
        foreach (Option option in cli.Globals.All)
            root.Options.Add(option);
        foreach (Command command in All(cli))
            root.Subcommands.Add(command);
        return root;
    }

    private static IEnumerable<Command> All(CliContext cli) =>
    [
        DemoCommand.Create(cli),
        InitCommand.Create(cli),
        UpCommand.Create(cli),
        WorkCommand.Create(cli),
        Commands.StatusCommand.Create(cli),
        StopCommand.Create(cli),
        JobsCommands.Create(cli),
        SignalsCommands.Create(cli),
        OperationsCommands.Create(cli),
        SchedulesCommands.Create(cli),
        EventsCommand.Create(cli),
        QueuesCommands.Create(cli),
        ResourcesCommands.Create(cli),
        WorkersCommands.Create(cli),
        DeadLetterCommands.Create(cli),
        ArtifactCommands.Create(cli),
        ProteinsCommands.Create(cli),
        UsersCommands.Create(cli),
        TokensCommands.Create(cli),
        ConfigCommands.Create(cli),
        DatabaseCommands.Create(cli),
        HealthCommand.Create(cli),
        DoctorCommand.Create(cli),
        CompletionCommand.Create(cli),
        VersionCommand.Create(cli),
    ];
}
