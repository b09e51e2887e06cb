using Penstock.Client.Workers;

namespace Penstock.Client;

/// <summary>The worker protocol, for workers written in .NET that have no engine in them.</summary>
public sealed partial class PenstockClient
{
    public Task<RegisteredWorker> RegisterWorkerAsync(WorkerRegistration worker, CancellationToken cancellationToken) =>
        PostAsync<RegisteredWorker>("workers", worker, cancellationToken);

    /// <summary>None: nothing came in the time.</summary>
    public Task<IReadOnlyList<ClaimedUnit>> ClaimAsync(string workerId, ClaimRequest request, CancellationToken cancellationToken) =>
        PostAsync<IReadOnlyList<ClaimedUnit>>(WorkerPath(workerId, "claim"), request, cancellationToken);

    public Task<HeartbeatReply> BeatAsync(string workerId, WorkerHeartbeat beat, CancellationToken cancellationToken) =>
        PostAsync<HeartbeatReply>(WorkerPath(workerId, "heartbeat"), beat, cancellationToken);

    public Task TellUnitAsync(string workerId, string unit, UnitEvent told, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, UnitPath(workerId, unit, "events"), Json(told), cancellationToken);

    /// <summary>What the job's earlier executions, and this one, have completed.</summary>
    public Task<IReadOnlyList<UnitStepView>> UnitStepsAsync(string workerId, string unit, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<UnitStepView>>(UnitPath(workerId, unit, "steps"), cancellationToken);

    public Task StoreUnitStepAsync(string workerId, string unit, string name, StepDone step, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"{UnitPath(workerId, unit, "steps")}/{Uri.EscapeDataString(name)}", Json(step), cancellationToken);

    public Task FinishUnitAsync(string workerId, string unit, UnitFinish finish, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, UnitPath(workerId, unit, "finish"), Json(finish), cancellationToken);

    /// <summary>The worker ends; what it holds goes back to its queues.</summary>
    public Task RetireWorkerAsync(string workerId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"workers/{Uri.EscapeDataString(workerId)}", null, cancellationToken);

    private static string WorkerPath(string workerId, string action) => $"workers/{Uri.EscapeDataString(workerId)}/{action}";

    private static string UnitPath(string workerId, string unit, string action) =>
        $"workers/{Uri.EscapeDataString(workerId)}/units/{Uri.EscapeDataString(unit)}/{action}";
}
