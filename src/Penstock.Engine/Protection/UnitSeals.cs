using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Protection;

/// <summary>Opens the payload of a unit for whoever runs it, and seals what the run leaves: for workers here and for remote ones.</summary>
/// <remarks>What comes out of an encrypted payload is encrypted too, whatever the operation says today.</remarks>
public sealed class UnitSeals(OperationRegistry registry, IPayloadProtector protector)
{
    /// <summary>For <see cref="JobContext"/>, which opens steps and the results of children.</summary>
    internal IPayloadProtector Protector => protector;

    /// <summary>Whether what the unit leaves (result, steps, items, continuation) must be stored encrypted.</summary>
    public bool Seals(UnitLease lease) => SealedText.Is(lease.Payload) || registry.Find(lease.Operation) is { EncryptsPayload: true };

    /// <summary>The payload in the clear.</summary>
    /// <exception cref="PayloadKeyMissingException"/>
    /// <exception cref="PayloadUnreadableException"/>
    public string Payload(UnitLease lease) => Open(lease, lease.Payload);

    /// <summary>Something the unit stored earlier, such as the output of a step, in the clear.</summary>
    public string Open(UnitLease lease, string json) => protector.Open(json, OwnerOf(lease));

    /// <summary>Something the unit leaves, in the form in which it is stored.</summary>
    public string Seal(UnitLease lease, string json) => Seals(lease) ? protector.Seal(json, OwnerOf(lease)) : json;

    /// <summary>How an execution of a job ended, in the form in which it is stored.</summary>
    /// <remarks>An item is encrypted from its first stage on if any stage asks for it.</remarks>
    public JobOutcome Seal(JobLease lease, JobOutcome outcome) => outcome switch
    {
        JobOutcome.Succeeded done => done with { Result = Seal(lease, done.Result) },
        JobOutcome.AwaitsChildren waits => waits with { Result = Seal(lease, waits.Result) },
        JobOutcome.Dispatched plan when Seals(lease) || plan.Stages.Any(stage => registry.Operation(stage).EncryptsPayload) => plan with
        {
            Result = Seal(lease, plan.Result),
            Items = [.. plan.Items.Select(item => protector.Seal(item, lease.JobId))],
        },
        _ => outcome,
    };

    private static Guid OwnerOf(UnitLease lease) => lease switch
    {
        JobLease job => job.JobId,
        ItemLease item => item.ParentJobId,
        _ => throw new InvalidOperationException($"A lease is for a job or an item, not {lease.GetType().Name}."),
    };
}
