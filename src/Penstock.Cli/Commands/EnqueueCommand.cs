using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Penstock.Cli.Connection;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock jobs enqueue</c></summary>
internal static class EnqueueCommand
{
    public static Command Create(CliContext cli)
    {
        Argument<string> operation = new("OPERATION") { Description = "Name of the operation; 'penstock operations list' shows them." };
        Argument<string[]> payload = new("PAYLOAD")
        {
            Description = "A JSON object, @FILE, - for stdin, or name=value pairs (a value that is JSON is taken as JSON).",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> queue = new("--queue") { Description = "Another queue than the operation's own.", HelpName = "NAME" };
        Option<int> priority = new("--priority") { Description = "-1000 to 1000; higher runs first.", HelpName = "N" };
        Option<double?> delay = new("--delay") { Description = "Not before this many seconds from now.", HelpName = "SECONDS" };
        Option<DateTimeOffset?> runAt = new("--run-at") { Description = "Not before this instant, ISO 8601.", HelpName = "INSTANT" };
        Option<string?> key = new("--key") { Description = "Idempotency key: a second job with it is not made.", HelpName = "TEXT" };
        Option<string[]> dependsOn = new("--depends-on")
        {
            Description = "Jobs that have to end first: ids, ends of ids, or 'last'. May be given several times.", HelpName = "JOB",
        };
        Option<string?> onFailure = new("--on-dependency-failure")
        {
            Description = "What becomes of it when one of those does not succeed: cancel (usual), run or hold.", HelpName = "POLICY",
        };
        onFailure.AcceptOnlyFromAmong("cancel", "run", "hold");
        Option<string?> uniqueKey = new("--unique-key") { Description = "While a job with this key is queued or running no other is made.", HelpName = "TEXT" };
        Option<int?> attempts = new("--max-attempts") { Description = "Failures until it is a dead letter.", HelpName = "N" };
        Option<double?> timeout = new("--timeout") { Description = "Longest run of one attempt.", HelpName = "SECONDS" };
        Option<string?> meta = new("--meta") { Description = "JSON object of your own notes.", HelpName = "JSON" };
        Option<string?> concurrencyKey = new("--concurrency-key") { Description = "Shares the queue's limits per key with jobs of the same key.", HelpName = "TEXT" };
        Option<string[]> resources = new("--resource") { Description = "Needs NAME, or NAME=UNITS of it, while it runs; may be given again.", HelpName = "NAME[=UNITS]" };
        Option<bool> watch = new("--watch", "-w") { Description = "Follow the job to its end; the exit code is that of the job." };
        return new CliCommand("enqueue", "Enqueue a job.",
                "penstock jobs enqueue ping --watch",
                "penstock jobs enqueue load_ontology_snapshot obo_url=https://example.org/go-basic.obo",
                "penstock jobs enqueue insert_proteins '{\"search_criteria\": \"organism_id:9606\"}' --priority 10",
                "penstock jobs enqueue insert_proteins @payload.json --delay 3600",
                "penstock jobs enqueue ping --depends-on last --on-dependency-failure run --unique-key nightly")
            .With(operation, payload, queue, priority, delay, runAt, key, dependsOn, onFailure, uniqueKey, attempts, timeout, meta, concurrencyKey, resources, watch)
            .Does(cli, async (run, cancellationToken) =>
            {
                JobRequest request = new(run.Required(operation))
                {
                    Payload = await ReadPayloadAsync(run, run.Value(payload) ?? [], cancellationToken),
                    Meta = run.Value(meta) is { } notes ? ParseObject(notes, "--meta") : null,
                    QueueName = run.Value(queue),
                    Priority = run.Value(priority),
                    DelaySeconds = run.Value(delay),
                    RunAt = run.Value(runAt),
                    IdempotencyKey = run.Value(key),
                    OnDependencyFailure = run.Value(onFailure),
                    UniqueKey = run.Value(uniqueKey),
                    MaxAttempts = run.Value(attempts),
                    TimeoutSeconds = run.Value(timeout),
                    ConcurrencyKey = run.Value(concurrencyKey),
                    Resources = ResourcesOf(run.Value(resources) ?? []),
                };
                bool goOn = run.Value(watch);
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, goOn ? Workers.Run : Workers.None);
                if (run.Value(dependsOn) is { Length: > 0 } names)
                    request = request with { DependsOn = await JobsCommands.ResolveAllAsync(connection, names, cancellationToken) };
                QueuedJob queued = await connection.Client.EnqueueAsync(request, cancellationToken);
                return await EnqueuedAsync(run, connection, queued, request.Operation, goOn, cancellationToken);
            });
    }

    /// <summary>Watches the job, or says how to.</summary>
    public static async Task<int> EnqueuedAsync(
        CommandRun run, ServerConnection connection, QueuedJob queued, string operation, bool watch, CancellationToken cancellationToken)
    {
        if (queued.Existed)
            run.Terminal.Note($"The key is known: job {queued.Id} was made before.");
        if (watch)
            return await new JobWatcher(connection, run).WatchToExitAsync(queued.Id, cancellationToken);
        run.Terminal.Result(queued, () =>
        {
            run.Terminal.Line($"[green]✓[/] {Spectre.Console.Markup.Escape(operation)} {queued.Status} as [bold]{queued.Id}[/]");
            run.Terminal.Note(connection.IsHostedHere
                ? "  no server is running in this workspace; the job starts with 'penstock up'"
                : $"  follow it: penstock jobs watch {JobIds.Short(queued.Id)}");
        });
        return ExitCodes.Ok;
    }

    internal static async Task<JsonElement?> ReadPayloadAsync(CommandRun run, string[] parts, CancellationToken cancellationToken)
    {
        if (parts.Length == 0)
            return null;
        if (parts is ["-"])
            return ParseObject(await run.Environment.In.ReadToEndAsync(cancellationToken), "stdin");
        if (parts is [['@', .. { Length: > 0 } file]])
            return ParseObject(await File.ReadAllTextAsync(run.FullPath(file), cancellationToken), file);
        if (parts is [{ } text] && text.TrimStart().StartsWith('{'))
            return ParseObject(text, "the payload");
        return FromPairs(parts);
    }

    internal static Dictionary<string, int>? ResourcesOf(string[] texts)
    {
        Dictionary<string, int> needs = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.LastIndexOf('=');
            int units = 1;
            if (equals == 0 || (equals > 0 && !int.TryParse(text[(equals + 1)..], out units)))
                throw new UsageException($"'{text}' is no resource: give NAME, or NAME=UNITS with a whole number.");
            if (!needs.TryAdd(equals < 0 ? text : text[..equals], units))
                throw new UsageException($"Resource '{text}' is given twice.");
        }
        return needs.Count == 0 ? null : needs;
    }

    internal static JsonElement FromPairs(IEnumerable<string> pairs)
    {
        JsonObject payload = [];
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"'{pair}' is no payload: give name=value pairs, a JSON object, @FILE, or - for stdin.");
            if (!payload.TryAdd(pair[..equals], ValueOf(pair[(equals + 1)..])))
                throw new UsageException($"'{pair[..equals]}' is given twice.");
        }
        return JsonSerializer.SerializeToElement(payload);
    }

    /// <summary>5, true, null, [..] and "text" as JSON; anything else is the text itself.</summary>
    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static JsonElement ParseObject(string text, string source)
    {
        try
        {
            JsonElement value = JsonSerializer.Deserialize<JsonElement>(text);
            return value.ValueKind == JsonValueKind.Object ? value : throw new UsageException($"{source} is no JSON object.");
        }
        catch (JsonException error)
        {
            throw new UsageException($"{source} is not JSON: {error.Message}");
        }
    }
}
