using System.Data.Common;
using System.Text.Json;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;

namespace Penstock.Engine.Enqueueing;

internal sealed class JobClient(IJobStore store, JobDrafting drafting, IWakeUps wakeUps) : IJobClient
{
    public async Task<EnqueueResult> EnqueueAsync(NewJob job, CancellationToken cancellationToken) =>
        (await store.EnqueueAsync([drafting.Draft(job)], cancellationToken))[0];

    public NewJob New<TOperation>(object payload)
        where TOperation : class =>
        drafting.New(typeof(TOperation), payload);

    public Task<IReadOnlyList<EnqueueResult>> EnqueueManyAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) =>
        store.EnqueueAsync(jobs.Select(drafting.Draft).ToList(), cancellationToken);

    public Task<IReadOnlyList<EnqueueResult>> EnqueueManyAsync(
        IReadOnlyList<NewJob> jobs, DbTransaction transaction, CancellationToken cancellationToken) =>
        store.EnqueueAsync(jobs.Select(drafting.Draft).ToList(), transaction, cancellationToken);

    public Task WakeAsync(string queueName, CancellationToken cancellationToken)
    {
        wakeUps.QueueReady(queueName);
        return Task.CompletedTask;
    }

    public Task<CancelResult> CancelAsync(Guid jobId, string? reason, CancellationToken cancellationToken) =>
        store.CancelAsync(jobId, reason, cancellationToken);

    public Task DeleteAsync(Guid jobId, CancellationToken cancellationToken) => store.DeleteAsync(jobId, cancellationToken);

    public async Task<Guid> RedriveAsync(Guid deadLetterId, string? by, CancellationToken cancellationToken) =>
        (await store.RedriveAsync(deadLetterId, by, cancellationToken)).JobId;

    public Task RequeueAsync(Guid jobId, string? by, CancellationToken cancellationToken) =>
        store.RequeueAsync(jobId, by, cancellationToken);

    public Task<Job> UnblockAsync(Guid jobId, string? by, CancellationToken cancellationToken) => store.UnblockAsync(jobId, by, cancellationToken);

    public Task<bool> SendSignalAsync(string name, string payload, string? by, CancellationToken cancellationToken) =>
        store.SendSignalAsync(new SignalDraft(SignalNames.Checked(name), CheckedPayload(payload), by), cancellationToken);

    private static string CheckedPayload(string payload)
    {
        if (payload.Length > JobDrafting.PayloadBytesMax)
            throw new InvalidSignalException($"The payload has {payload.Length:N0} characters; the limit is {JobDrafting.PayloadBytesMax:N0}.");
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(payload);
            return payload;
        }
        catch (JsonException error)
        {
            throw new InvalidSignalException($"The payload is not valid JSON: {error.Message}");
        }
    }
}
