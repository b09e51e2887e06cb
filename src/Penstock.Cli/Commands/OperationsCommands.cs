using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Operations;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock operations</c></summary>
internal static class OperationsCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("operations", "Look at what jobs can be enqueued.", "penstock operations list", "penstock operations show ping").With(List(cli), Show(cli));

    private static CliCommand List(CliContext cli)
    {
        Option<bool> all = new("--all") { Description = "Also the stages of batches, which only their coordinator enqueues." };
        return new CliCommand("list", "List the operations of this workspace.", "penstock operations list")
            .With(all)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                List<OperationView> operations =
                    [.. (await connection.Client.OperationsAsync(cancellationToken)).Where(operation => operation.Enqueueable || run.Value(all))];
                run.Terminal.Result(operations, () => run.Terminal.Print(operations, "No operations: penstock.yaml names no pipeline.",
                    new Column<OperationView>("OPERATION", operation => operation.Name) { Style = _ => "bold" },
                    new Column<OperationView>("KIND", operation => operation.Kind) { DropOrder = 2 },
                    new Column<OperationView>("QUEUE", operation => operation.QueueName) { DropOrder = 1 },
                    new Column<OperationView>("SUMMARY", operation => operation.Summary) { ShrinksTo = 30 }));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Show(CliContext cli)
    {
        Argument<string> name = new("OPERATION") { Description = "Name of the operation." };
        return new CliCommand("show", "Show an operation and the JSON Schema of its payload.", "penstock operations show ping")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                IReadOnlyList<OperationView> operations = await connection.Client.OperationsAsync(cancellationToken);
                string wanted = run.Required(name);
                OperationView operation = operations.FirstOrDefault(candidate => candidate.Name == wanted)
                    ?? throw new UsageException(
                        $"There is no operation '{wanted}'.{(Server.Workspaces.Configuration.EditDistance.Nearest(wanted, operations.Select(o => o.Name)) is { } near ? $" Did you mean {near}?" : "")}");
                run.Terminal.Result(operation, () => run.Terminal.PrintFields(
                    ("operation", operation.Name, "bold"),
                    ("summary", operation.Summary, null),
                    ("kind", operation.Kind, null),
                    ("command", operation.Command is { } command ? string.Join(' ', command.Select(Words.ShellWord)) : null, null),
                    ("queue", operation.QueueName, null),
                    ("payloads", operation.EncryptsPayload ? "stored encrypted" : null, null),
                    ("attempts", $"{operation.MaxAttempts}", null),
                    ("timeout", operation.TimeoutSeconds is { } seconds ? Words.Of(TimeSpan.FromSeconds(seconds)) : "none", null),
                    ("payload", Words.Json(operation.PayloadSchema), null)));
                return ExitCodes.Ok;
            });
    }
}
