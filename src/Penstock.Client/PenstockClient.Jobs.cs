using Penstock.Client.Artifacts;
using Penstock.Client.Configuration;
using Penstock.Client.DeadLetters;
using Penstock.Client.Events;
using Penstock.Client.Health;
using Penstock.Client.Jobs;
using Penstock.Client.Operations;

namespace Penstock.Client;

public sealed partial class PenstockClient
{
    public Task<QueuedJob> EnqueueAsync(JobRequest job, CancellationToken cancellationToken) =>
        PostAsync<QueuedJob>("/jobs", job, cancellationToken);

    public Task<IReadOnlyList<JobView>> JobsAsync(JobQuery query, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<JobView>>(
            new ApiPath("/jobs").With("status", query.Status).With("operation", query.Operation)
                .With("queue_name", query.QueueName).With("parent_job_id", query.ParentJobId)
                .With("include_children", query.IncludeChildren).With("limit", query.Limit).With("offset", query.Offset)
                .With("before", query.Before),
            cancellationToken);

    public Task<JobDetail> JobAsync(Guid jobId, CancellationToken cancellationToken) =>
        GetAsync<JobDetail>($"/jobs/{jobId}", cancellationToken);

    /// <summary>A job's history: the newest first, or with <paramref name="after"/> what followed that event, oldest first.</summary>
    /// <param name="limit">1 to 2000.</param>
    public Task<IReadOnlyList<EventView>> JobEventsAsync(Guid jobId, long? after, int limit, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<EventView>>(
            new ApiPath($"/jobs/{jobId}/events").With("after", after).With("limit", limit), cancellationToken);

    public Task<CancelledJob> CancelJobAsync(Guid jobId, string? reason, CancellationToken cancellationToken) =>
        PostAsync<CancelledJob>($"/jobs/{jobId}/cancel", new CancelRequest(reason), cancellationToken);

    public Task<DeletedJob> DeleteJobAsync(Guid jobId, CancellationToken cancellationToken) =>
        DeleteAsync<DeletedJob>($"/jobs/{jobId}", cancellationToken);

    /// <summary>Sends all pending dead letters of a job again: the job itself, or its failed items.</summary>
    public Task<RedriveReply> RedriveJobAsync(Guid jobId, CancellationToken cancellationToken) =>
        PostAsync<RedriveReply>($"/jobs/{jobId}/redrive", null, cancellationToken);

    public Task<IReadOnlyList<OperationView>> OperationsAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<OperationView>>("/operations", cancellationToken);

    public Task<IReadOnlyList<DeadLetterView>> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<DeadLetterView>>(
            Filtered("/dead-letters", query).With("limit", query.Limit).With("offset", query.Offset), cancellationToken);

    public Task<DeadLetterCount> CountDeadLettersAsync(DeadLetterQuery query, CancellationToken cancellationToken) =>
        GetAsync<DeadLetterCount>(Filtered("/dead-letters/count", query), cancellationToken);

    public Task<DeadLetterView> DeadLetterAsync(Guid deadLetterId, CancellationToken cancellationToken) =>
        GetAsync<DeadLetterView>($"/dead-letters/{deadLetterId}", cancellationToken);

    public Task<RedriveReply> RedriveDeadLetterAsync(Guid deadLetterId, CancellationToken cancellationToken) =>
        PostAsync<RedriveReply>($"/dead-letters/{deadLetterId}/redrive", null, cancellationToken);

    public Task<DeadLetterView> ReviewDeadLetterAsync(
        Guid deadLetterId, DeadLetterReviewRequest review, CancellationToken cancellationToken) =>
        PostAsync<DeadLetterView>($"/dead-letters/{deadLetterId}/review", review, cancellationToken);

    public Task<DeadLetterView> EditDeadLetterAsync(Guid deadLetterId, DeadLetterEditRequest edit, CancellationToken cancellationToken) =>
        SendAsync<DeadLetterView>(HttpMethod.Put, $"/dead-letters/{deadLetterId}/payload", Json(edit), cancellationToken);

    public Task<DeadLetterView> ArchiveDeadLetterAsync(Guid deadLetterId, string? note, CancellationToken cancellationToken) =>
        PostAsync<DeadLetterView>($"/dead-letters/{deadLetterId}/archive", new DeadLetterNoteRequest(note), cancellationToken);

    public Task<DeadLetterView> ReopenDeadLetterAsync(Guid deadLetterId, string? note, CancellationToken cancellationToken) =>
        PostAsync<DeadLetterView>($"/dead-letters/{deadLetterId}/reopen", new DeadLetterNoteRequest(note), cancellationToken);

    /// <summary>Sends all that fit again, as a job of the server: its progress and result tell how it went.</summary>
    public Task<QueuedJob> RedriveDeadLettersAsync(DeadLetterSelection selection, CancellationToken cancellationToken) =>
        PostAsync<QueuedJob>("/dead-letters/redrive", selection, cancellationToken);

    /// <summary>Archives all that fit, as a job of the server.</summary>
    public Task<QueuedJob> ArchiveDeadLettersAsync(DeadLetterSelection selection, CancellationToken cancellationToken) =>
        PostAsync<QueuedJob>("/dead-letters/archive", selection, cancellationToken);

    /// <summary>Runs a job that has ended once more, where its queue allows that.</summary>
    public Task<QueuedJob> RequeueJobAsync(Guid jobId, CancellationToken cancellationToken) =>
        PostAsync<QueuedJob>($"/jobs/{jobId}/requeue", null, cancellationToken);

    /// <param name="after">The last name seen; null: from the beginning.</param>
    /// <param name="limit">1 to 500.</param>
    public Task<IReadOnlyList<ArtifactView>> ArtifactsAsync(
        string prefix, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ArtifactView>>(
            new ApiPath("/artifacts").With("prefix", prefix).With("after", after).With("limit", limit), cancellationToken);

    /// <summary>The content of an artifact; the caller disposes it.</summary>
    public Task<Stream> OpenArtifactAsync(string name, CancellationToken cancellationToken) =>
        OpenAsync($"/artifacts/{ApiPath.Escape(name)}", cancellationToken);

    public Task<ArtifactView> UploadArtifactAsync(
        string name, Stream content, string mediaType, CancellationToken cancellationToken)
    {
        StreamContent body = new(content);
        body.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        return SendAsync<ArtifactView>(HttpMethod.Put, $"/artifacts/{ApiPath.Escape(name)}", body, cancellationToken);
    }

    /// <summary>The settings the server runs with.</summary>
    public Task<IReadOnlyList<ConfigValueView>> ConfigAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ConfigValueView>>("/config", cancellationToken);

    public Task<HealthView> HealthAsync(CancellationToken cancellationToken) =>
        GetAsync<HealthView>("/health", cancellationToken);

    /// <summary>Readiness with its checks, ready or not.</summary>
    public async Task<ReadinessView> ReadinessAsync(CancellationToken cancellationToken)
    {
        // 503 carries the same body: not being ready is an answer here, not an error.
        using HttpResponseMessage response = await Http.GetAsync("/health/ready", cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        return System.Text.Json.JsonSerializer.Deserialize<ReadinessView>(text, PenstockJson.Options)!;
    }

    private static ApiPath Filtered(string path, DeadLetterQuery query) =>
        new ApiPath(path).With("status", query.Status).With("queue_name", query.QueueName)
            .With("error_code", query.ErrorCode).With("job_id", query.JobId).With("operation", query.Operation)
            .With("assignee", query.Assignee).With("quarantined", query.Quarantined);
}
