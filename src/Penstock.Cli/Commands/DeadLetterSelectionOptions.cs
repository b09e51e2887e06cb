using System.CommandLine;
using Penstock.Client.DeadLetters;

namespace Penstock.Cli.Commands;

/// <summary>The options that choose many dead letters at once.</summary>
internal sealed class DeadLetterSelectionOptions
{
    private readonly Option<string?> _queue = DeadLetterCommands.QueueOption();
    private readonly Option<string?> _operation = DeadLetterCommands.OperationOption();
    private readonly Option<string?> _error = DeadLetterCommands.ErrorOption();
    private readonly Option<bool> _reviewed = new("--in-review") { Description = "With --all: also those in review, not only the pending ones." };
    private readonly Option<bool> _quarantined = new("--include-quarantined") { Description = "With --all: also those that killed their workers." };
    private readonly Option<double?> _age = new("--older-than") { Description = "With --all: only those older than this many seconds.", HelpName = "SECONDS" };

    public Option<bool> Everything { get; } = new("--all") { Description = "All that fit the filters, as a job of the server." };
    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask before --all." };
    public Option<bool> Watch { get; } = new("--watch", "-w") { Description = "With --all: follow the job to its end." };

    public IEnumerable<Option> All => [Everything, _queue, _operation, _error, _reviewed, _quarantined, _age, Yes, Watch];

    public DeadLetterSelection Read(CommandRun run, string? note) => new()
    {
        Status = run.Value(_reviewed) ? "open" : "pending",
        QueueName = run.Value(_queue),
        Operation = run.Value(_operation),
        ErrorCode = run.Value(_error),
        OlderThanSeconds = run.Value(_age),
        IncludeQuarantined = run.Value(_quarantined),
        Note = note,
    };

    /// <summary>The same letters as a count; their age is left to the server.</summary>
    public static DeadLetterQuery QueryOf(DeadLetterSelection selection) => new()
    {
        Status = selection.Status,
        QueueName = selection.QueueName,
        Operation = selection.Operation,
        ErrorCode = selection.ErrorCode,
        Quarantined = selection.IncludeQuarantined ? null : false,
    };
}
