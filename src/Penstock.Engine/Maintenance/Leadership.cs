namespace Penstock.Engine.Maintenance;

/// <summary>One process among many does a chore: the holder of a lease that it renews and others take over once it has run out.</summary>
/// <remarks>
/// A holder that sleeps past its lease learns of it only at its next renewal, so two may believe for a moment. What a leader
/// does must therefore be right if done twice; leadership only spares the others the work.
/// </remarks>
public sealed class Leadership(ILeadershipStore store, string name, string holder, TimeProvider time)
{
    /// <summary>How long a lease holds without renewal.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private long? _renewedAt;

    /// <summary>Takes the lease if it is free, renews it if it is this process's. Writes nothing while it is fresh.</summary>
    /// <returns>False: another process leads.</returns>
    public async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        if (_renewedAt is { } renewed && time.GetElapsedTime(renewed) < Lease / 3)
            return true;
        // Counted from before the call: the lease cannot begin earlier than that.
        long asked = time.GetTimestamp();
        _renewedAt = null;
        bool held = await store.HoldAsync(name, holder, Lease, cancellationToken);
        _renewedAt = held ? asked : null;
        return held;
    }

    /// <summary>Gives the lease up, if this process has it.</summary>
    public async Task StepDownAsync(CancellationToken cancellationToken)
    {
        if (_renewedAt is null)
            return;
        _renewedAt = null;
        await store.GiveUpAsync(name, holder, cancellationToken);
    }
}

/// <summary>Where leases of leaders are kept.</summary>
public interface ILeadershipStore
{
    /// <summary>Takes or renews; false: another holds it. A lease that ends later than any could (a clock was wrong) does not count.</summary>
    Task<bool> HoldAsync(string name, string holder, TimeSpan lease, CancellationToken cancellationToken);
    Task GiveUpAsync(string name, string holder, CancellationToken cancellationToken);

    /// <summary>Who leads, and until when without renewal; null: nobody.</summary>
    Task<(string Holder, DateTimeOffset Until)?> FindAsync(string name, CancellationToken cancellationToken);
}
