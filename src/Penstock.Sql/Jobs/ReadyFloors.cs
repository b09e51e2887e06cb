using System.Collections.Concurrent;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>Where the ready units of each queue begin, as far as this process has taken them.</summary>
/// <remarks>
/// PostgreSQL keeps a deleted row and its place in the index until no transaction can see it and a vacuum has come by; a backup,
/// or what an operator left open, holds all of them back. A claim that looks for the first hints walks over every one used up
/// since: measured, a fifth of the speed within two minutes. A floor tells where to begin instead. It is a guess, as a hint is:
/// what comes to lie below it (by another process, by hand) is found by the next look from the start.
/// </remarks>
internal sealed class ReadyFloors
{
    private readonly ConcurrentDictionary<long, QueueFloors> _queues = [];

    public QueueFloors Of(long queueId) => _queues.GetOrAdd(queueId, _ => new QueueFloors());
}

/// <summary>The floors of one queue: for each priority and kind, the first sequence number that may still be ready.</summary>
/// <remarks>A look from the start is taken each time while it is cheap, and else now and then.</remarks>
internal sealed class QueueFloors
{
    /// <summary>A look from the start that takes less is cheap.</summary>
    private static readonly TimeSpan Cheap = TimeSpan.FromMilliseconds(0.5);

    /// <summary>After another one, that many times its duration pass before the next: a fiftieth of the time goes to them.</summary>
    private const int Rest = 50;

    /// <summary>What lies below a floor waits this long, unless that would be too dear.</summary>
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(2);

    /// <summary>However long a look takes, a twentieth of the time goes to it at most.</summary>
    private const int RestMin = 20;

    /// <summary>Priorities and kinds with a floor; whoever uses more of them at once does without.</summary>
    private const int FloorsMax = 32;

    private readonly Lock _lock = new();
    private readonly SortedList<(int Prio, int Kind), long> _floors = [];
    private DateTimeOffset _due;
    private TimeSpan _rest;

    /// <summary>Where to look now, in order.</summary>
    /// <param name="nextFromStart">When what lies below the floors will be looked at; null: now.</param>
    public List<ReadyRange> Ranges(DateTimeOffset now, out DateTimeOffset? nextFromStart)
    {
        lock (_lock)
        {
            // Further off than ever said: the clock was set back.
            bool fromStart = _due <= now || _due > now + _rest;
            nextFromStart = fromStart ? null : _due;
            List<ReadyRange> ranges = [];
            int after = int.MinValue;
            foreach (int prio in fromStart ? [] : _floors.Keys.Select(k => k.Prio).Distinct())
            {
                // Between the known priorities there may be one that was not seen yet.
                ranges.Add(ReadyRange.Between(after, prio));
                foreach (int kind in (int[])[UnitKind.Job, UnitKind.Item])
                    ranges.Add(ReadyRange.Lane(prio, kind, _floors.GetValueOrDefault((prio, kind))));
                after = prio;
            }
            return [.. ranges, ReadyRange.Between(after, int.MaxValue)];
        }
    }

    /// <summary>After a look from the start.</summary>
    public void LookedFromStart(DateTimeOffset now, TimeSpan took)
    {
        lock (_lock)
        {
            _rest = took < Cheap ? TimeSpan.Zero : took * Rest < RestMax ? took * Rest : took * RestMin > RestMax ? took * RestMin : RestMax;
            _due = now + _rest;
        }
    }

    /// <summary>After a claim took the first hints of its ranges: what is left begins behind them.</summary>
    public void Took(IEnumerable<Hint> hints)
    {
        lock (_lock)
        {
            foreach (IGrouping<(int, int), long> taken in hints.GroupBy(h => (h.Prio, h.Kind), h => h.Seq))
                _floors[taken.Key] = taken.Max() + 1;
            if (_floors.Count > FloorsMax)
                _floors.Clear();
        }
    }

    /// <summary>Before a hint is written that may have been taken before.</summary>
    public void Returns(Hint hint)
    {
        lock (_lock)
        {
            if (_floors.TryGetValue((hint.Prio, hint.Kind), out long floor) && hint.Seq < floor)
                _floors[(hint.Prio, hint.Kind)] = hint.Seq;
        }
    }
}
