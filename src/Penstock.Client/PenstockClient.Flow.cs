using System.Text.Json;
using Penstock.Client.Jobs;
using Penstock.Client.Signals;

namespace Penstock.Client;

public sealed partial class PenstockClient
{
    /// <summary>A job with its children and dependents, and theirs.</summary>
    public Task<JobTreeView> JobTreeAsync(Guid jobId, CancellationToken cancellationToken) =>
        GetAsync<JobTreeView>($"/jobs/{jobId}/tree", cancellationToken);

    /// <summary>One step with its whole output.</summary>
    public Task<StepView> JobStepAsync(Guid jobId, string step, CancellationToken cancellationToken) =>
        GetAsync<StepView>($"/jobs/{jobId}/steps/{ApiPath.Escape(step)}", cancellationToken);

    /// <summary>Lets a blocked job run without what it still depends on.</summary>
    public Task<JobView> UnblockJobAsync(Guid jobId, CancellationToken cancellationToken) =>
        PostAsync<JobView>($"/jobs/{jobId}/unblock", null, cancellationToken);

    /// <summary>Sends a signal; the first of a name stands.</summary>
    public Task<SentSignal> SendSignalAsync(SignalRequest signal, CancellationToken cancellationToken) =>
        PostAsync<SentSignal>("/signals", signal, cancellationToken);

    /// <summary>Sends a job's own signal.</summary>
    public Task<SentSignal> SendOwnSignalAsync(Guid jobId, string name, JsonElement? payload, CancellationToken cancellationToken) =>
        PostAsync<SentSignal>($"/jobs/{jobId}/signals/{ApiPath.Escape(name)}", new OwnSignalRequest { Payload = payload }, cancellationToken);

    public Task<IReadOnlyList<SignalView>> SignalsAsync(SignalQuery query, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<SignalView>>(
            new ApiPath("/signals").With("prefix", query.Prefix).With("limit", query.Limit).With("offset", query.Offset), cancellationToken);

    public Task<SignalView> SignalAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<SignalView>($"/signals/{ApiPath.Escape(name)}", cancellationToken);
}
