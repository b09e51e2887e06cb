using Penstock.Client.DeadLetters;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Ops.DeadLetters;

/// <summary>Sends many dead letters again, or archives them, with progress and a list of those that could not be.</summary>
/// <remarks>
/// Safe to run again: each letter is settled in a transaction of its own and is not open any more afterwards, so another run
/// goes on with the rest. Letters made after the request are left alone.
/// </remarks>
internal sealed class SettleDeadLetters(IJobReader reader, IJobClient client, IDeadLetterStore store)
    : Operation<SettleDeadLetters.Payload, SettleDeadLetters.Result>
{
    public const string OperationName = "penstock.settle_dead_letters";
    public const string QueueName = "penstock.operations";
    private const int PageLetters = 200;
    private const int FailuresToldMax = 1_000;

    public enum Decision
    {
        Redrive,
        Archive,
    }

    /// <param name="CreatedBefore">Only letters made before this instant.</param>
    /// <param name="By">Who decided; stands in each letter's history.</param>
    public sealed record Payload(Decision Decision, DeadLetterSelection Selection, DateTimeOffset CreatedBefore, string? By);

    /// <param name="Skipped">Settled by someone else meanwhile.</param>
    /// <param name="Failures">The first 1000 that could not be settled, each with its reason.</param>
    public sealed record Result(long Settled, long Skipped, long Failed, IReadOnlyList<Failure> Failures);

    public sealed record Failure(Guid DeadLetterId, string Code, string Message);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        DeadLetterSelection wanted = payload.Selection;
        DeadLetterFilter filter = new(wanted.Status, wanted.QueueName, wanted.ErrorCode, wanted.JobId, PageLetters)
        {
            Operation = wanted.Operation,
            Assignee = wanted.Assignee,
            IsQuarantined = wanted.OnlyQuarantined ? true : wanted.IncludeQuarantined ? null : false,
            CreatedBefore = payload.CreatedBefore,
        };
        long total = await reader.CountDeadLettersAsync(filter, cancellationToken);
        await job.ProgressAsync("dead_letters.selected", 0, total, new { total }, cancellationToken);
        Tally tally = new();
        while (await reader.DeadLettersAsync(filter, cancellationToken) is { Count: > 0 } page)
        {
            foreach (DeadLetter letter in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await SettleAsync(payload, letter, tally, cancellationToken);
            }
            filter = filter with { BeforeId = page[^1].Id };
            await job.ProgressAsync(
                "dead_letters.settled", Math.Min(tally.Seen, total), total, new { tally.Settled, tally.Skipped, tally.Failed }, cancellationToken);
        }
        return new Result(tally.Settled, tally.Skipped, tally.Failed, tally.Failures);
    }

    private async Task SettleAsync(Payload payload, DeadLetter letter, Tally tally, CancellationToken cancellationToken)
    {
        try
        {
            if (payload.Decision == Decision.Redrive)
                await client.RedriveAsync(letter.Id, payload.By, cancellationToken);
            else
                await store.ArchiveAsync(letter.Id, payload.Selection.Note, payload.By, cancellationToken);
            tally.Settled++;
        }
        catch (DeadLetterSettledException)
        {
            tally.Skipped++;
        }
        catch (PenstockException error) when (error.Kind is not (ErrorKind.StorageFull or ErrorKind.Unavailable))
        {
            tally.Failed++;
            if (tally.Failures.Count < FailuresToldMax)
                tally.Failures.Add(new Failure(letter.Id, error.Code, error.Message));
        }
    }

    private sealed class Tally
    {
        public long Settled { get; set; }
        public long Skipped { get; set; }
        public long Failed { get; set; }
        public long Seen => Settled + Skipped + Failed;
        public List<Failure> Failures { get; } = [];
    }
}
