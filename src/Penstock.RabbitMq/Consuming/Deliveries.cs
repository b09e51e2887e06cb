using System.Threading.Channels;
using Penstock.Engine.Transport;

namespace Penstock.RabbitMq.Consuming;

/// <summary>Which queues this process wants to be woken for, and the wake-ups it has not answered yet.</summary>
/// <remarks>
/// A wake-up is answered when a claim that began after it has committed. If this process dies before, the broker gives it to
/// another. A claim that took all it has room for hands on: there may be more, and for the time being this process is not asked.
/// </remarks>
internal sealed class Deliveries(TimeProvider time)
{
    /// <summary>A queue that nobody here asks for any more is given up after this long: long polls of remote workers come and go.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private List<ulong> _answered = [];

    public void Subscribed(IEnumerable<string> queues)
    {
        lock (_gate)
        {
            foreach (string queue in queues)
            {
                if (!_lines.TryGetValue(queue, out Line? line))
                    _lines[queue] = line = new Line();
                line.Listeners++;
                line.IsFull = false; // The new one has room.
            }
        }
        Signal();
    }

    public void Unsubscribed(IEnumerable<string> queues)
    {
        lock (_gate)
        {
            foreach (string queue in queues)
            {
                if (--_lines[queue].Listeners == 0)
                    _lines[queue].LeftAt = time.GetTimestamp();
            }
        }
        Signal();
    }

    public void Claimed(ClaimNotice claim)
    {
        bool changed = false;
        lock (_gate)
        {
            foreach (string queue in claim.Queues)
            {
                if (!_lines.TryGetValue(queue, out Line? line))
                    continue;
                changed |= line.IsFull != claim.IsFull || line.Held.Count > 0;
                line.IsFull = claim.IsFull;
                if (claim.IsFull)
                    continue; // What is held goes back to the broker, for others.
                line.LookedAt = Math.Max(line.LookedAt, claim.Heard);
                _answered.AddRange(line.Held.Where(held => held.Number <= claim.Heard).Select(held => held.Tag));
                line.Held.RemoveAll(held => held.Number <= claim.Heard);
            }
        }
        if (changed)
            Signal();
    }

    /// <summary>Keeps a wake-up unanswered, even one that came although there is no room: it goes back when its consumer has been stopped.</summary>
    /// <param name="number">Its number in this process's count.</param>
    /// <param name="sentAt">This process's count when it sent the message; null: another process did.</param>
    /// <returns>False: nothing is left of it to do, because this process sent it and has looked since.</returns>
    public bool TryHold(string queue, ulong tag, long number, long? sentAt)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(queue, out Line? line))
                _lines[queue] = line = new Line { LeftAt = time.GetTimestamp() };
            if (sentAt <= line.LookedAt)
                return false;
            line.Held.Add(new Held(tag, number));
            return true;
        }
    }

    /// <summary>The queues to be consumed now.</summary>
    public HashSet<string> Wanted()
    {
        lock (_gate)
        {
            foreach ((string queue, _) in _lines.Where(l => l.Value.Listeners == 0 && time.GetElapsedTime(l.Value.LeftAt) > Linger).ToList())
            {
                // Without a consumer of its own the tags it holds are returned by whoever stops consuming.
                if (_lines[queue].Held.Count == 0)
                    _lines.Remove(queue);
            }
            return _lines.Where(l => !l.Value.IsFull && (l.Value.Listeners > 0 || time.GetElapsedTime(l.Value.LeftAt) <= Linger))
                .Select(l => l.Key).ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>All queues that someone here listens to, whether there is room or not.</summary>
    public List<string> Listened()
    {
        lock (_gate)
            return [.. _lines.Where(l => l.Value.Listeners > 0).Select(l => l.Key)];
    }

    public List<ulong> TakeAnswered()
    {
        lock (_gate)
        {
            List<ulong> taken = _answered;
            _answered = [];
            return taken;
        }
    }

    /// <summary>The tags held of a queue, which are no longer held.</summary>
    public List<ulong> TakeHeld(string queue)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(queue, out Line? line))
                return [];
            List<ulong> tags = [.. line.Held.Select(held => held.Tag)];
            line.Held.Clear();
            return tags;
        }
    }

    /// <summary>A connection is gone, and its tags with it: the broker delivers them anew.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _answered.Clear();
            foreach (Line line in _lines.Values)
                line.Held.Clear();
        }
    }

    public void Signal() => _signal.Writer.TryWrite(true);

    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(atMost, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time for a look.
        }
    }

    private sealed class Line
    {
        public List<Held> Held { get; } = [];
        public int Listeners { get; set; }
        public long LeftAt { get; set; }
        public bool IsFull { get; set; }

        /// <summary>What was heard before the last claim that had room left.</summary>
        public long LookedAt { get; set; } = -1;
    }

    private readonly record struct Held(ulong Tag, long Number);
}
