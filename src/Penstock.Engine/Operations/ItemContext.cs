using Penstock.Engine.Storage;

namespace Penstock.Engine.Operations;

/// <summary>What a running item knows of itself and of its parent.</summary>
public sealed class ItemContext
{
    internal ItemContext(ItemLease lease, TimeProvider time)
    {
        Lease = lease;
        Time = time;
    }

    public Guid ParentJobId => Lease.ParentJobId;

    /// <summary>Position in the coordinator's plan, from 0.</summary>
    public int Index => Lease.ItemIndex;
    public int Attempt => Lease.Attempt;
    public TimeProvider Time { get; }
    internal ItemLease Lease { get; }
}
