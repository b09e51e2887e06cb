using Penstock.Engine.Storage;

namespace Penstock.Engine.Workers;

/// <summary>What ended here and the store has not heard of: told together, or one by one after it refused some.</summary>
/// <remarks>
/// One result that the store cannot take must not keep the whole worker from telling how its units ended. So those of a
/// refused exchange are told alone, once each, and what came meanwhile goes together again. A store that is away has refused nothing.
/// </remarks>
internal sealed class UntoldCompletions
{
    private const int TogetherMax = 500;

    /// <summary>A completion that the store refuses this often while it answers other questions is not storable.</summary>
    private const int RefusalsMax = 5;

    private readonly List<Completion> _all = [];
    private readonly Dictionary<UnitKey, int> _refusals = [];
    private int _alone;

    public int Count => _all.Count;

    public void Add(Completion completion) => _all.Add(completion);

    public bool Has(UnitKey unit) => _all.Exists(c => UnitKey.Of(c.Lease) == unit);

    /// <summary>Those to tell next; they stay until they are told.</summary>
    public IReadOnlyList<Completion> Next() => _all.GetRange(0, Math.Min(_all.Count, _alone > 0 ? 1 : TogetherMax));

    public void Told(IReadOnlyList<Completion> told)
    {
        _all.RemoveRange(0, told.Count);
        _alone = Math.Max(_alone - told.Count, 0);
        if (_refusals.Count == 0)
            return;
        foreach (Completion completion in told)
            _refusals.Remove(UnitKey.Of(completion.Lease));
    }

    /// <summary>The store took none of these, although it answers.</summary>
    public void Refused(IReadOnlyList<Completion> told, Exception error)
    {
        if (told.Count == 1)
            SetAside(told[0], error);
        else
            _alone = told.Count;
    }

    /// <summary>Lets the others go first, and fails its unit if the store never takes it.</summary>
    private void SetAside(Completion completion, Exception error)
    {
        _all.Remove(completion);
        _alone = Math.Max(_alone - 1, 0);
        UnitKey key = UnitKey.Of(completion.Lease);
        int refusals = _refusals[key] = _refusals.GetValueOrDefault(key) + 1;
        if (refusals < RefusalsMax || completion is Completion.Threw)
        {
            _all.Add(completion);
            return;
        }
        _refusals.Remove(key);
        _all.Add(new Completion.Threw(completion.Lease, "end-not-storable", error.Message, null));
    }
}
