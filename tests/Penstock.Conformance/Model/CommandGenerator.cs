namespace Penstock.Conformance.Model;

/// <summary>Draws commands that are worth trying, with the model in hand: it knows which jobs, leases and letters there are.</summary>
internal sealed class CommandGenerator(int seed)
{
    private static readonly string[] Operations = ["work", "work", "work", "single", "fragile"];
    private static readonly string[] Queues = [.. StoreModel.Limits.Keys];
    private static readonly int[] Waits = [0, 1, 1, 5, 20, 3_600];
    private static readonly int[] Steps = [1, 1, 5, 5, 10, 16, 16, 600, 3_600, 7 * 3_600, 40 * 86_400];

    private readonly Random _random = new(seed);

    // Each sequence has a liking of its own; one that does a little of everything gets nowhere far.
    private readonly bool _likesBatches = seed % 3 == 0;
    private readonly StoreModel _model = new();
    private readonly List<(Unit Unit, int Attempt)> _leases = [];
    private int _labels;
    private int _workers;

    public List<Command> Draw(int count)
    {
        List<Command> drawn = [];
        foreach (Command start in (Command[])[NewWorker(), NewWorker(), .. Enumerable.Range(0, 3).Select(_ => Enqueue())])
            Take(start, drawn);
        while (drawn.Count < count)
            Take(Next(), drawn);
        return drawn;
    }

    private void Take(Command command, List<Command> drawn)
    {
        if (!Sense.Has(_model, command))
            return;
        _model.Apply(command);
        foreach (ModelUnit unit in _model.Units.Where(u => u.Holder is not null))
        {
            if (!_leases.Contains((unit.Unit, unit.Attempt)))
                _leases.Add((unit.Unit, unit.Attempt));
        }
        drawn.Add(command);
    }

    private Command Next() => _random.Next(100) switch
    {
        < 14 => Enqueue(),
        < 15 => new Command.EnqueueUndone(++_labels, "work"),
        < 34 => new Command.Claim(Worker(), _likesBatches || _random.Next(3) == 0 ? null : Pick(Queues), _random.Next(4) == 0 ? 50 : _random.Next(1, 4)),
        < 62 => Finish(),
        < 65 => Lease() is var (unit, attempt) && !unit.IsItem ? new Command.Tell(unit, attempt, _random.Next(10), 10) : Enqueue(),
        < 67 => Lease() is var (unit, attempt) ? new Command.GiveBack(unit, attempt) : Enqueue(),
        < 70 => new Command.Cancel(Label()),
        < 72 => new Command.Delete(Label()),
        < 75 => new Command.Requeue(Label()),
        < 76 => new Command.Unblock(Label()),
        < 79 => Redrive(),
        < 80 => new Command.Pause(Pick(Queues), _random.Next(2) == 0),
        < 82 => NewWorker(),
        < 85 => new Command.Beat(Worker()),
        < 86 => new Command.Retire(Worker()),
        < 90 => new Command.Recover(_random.Next(2) == 0 ? Worker() : null),
        < 92 => new Command.Reap(),
        < 93 => new Command.Prune(_random.Next(3) == 0 ? 0 : 30),
        _ => new Command.Advance(Pick(Steps)),
    };

    private Command.Enqueue Enqueue() => new(
        ++_labels, Pick(Operations), _random.Next(4) == 0 ? _random.Next(-1, 3) : 0, _random.Next(5) == 0 ? Pick(Waits) : 0,
        _random.Next(8) == 0 ? $"key {_random.Next(3)}" : null, _random.Next(4) == 0 && _model.Jobs.Count > 0 ? Label() : null,
        _random.Next(8) == 0 ? $"unique {_random.Next(2)}" : null)
    {
        DependsOn = _random.Next(5) == 0 && _model.Jobs.Count > 0 ? [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Label()).Distinct()] : [],
        OnFailure = Pick(["cancel", "run", "hold"]),
    };

    private Command Finish()
    {
        if (Lease() is not { } lease)
            return Enqueue();
        int? continuation = _random.Next(4) == 0 ? ++_labels : null;
        if (_likesBatches && _random.Next(3) > 0)
            return new Command.Finish(lease.Unit, lease.Attempt, lease.Unit.IsItem ? new Ending.Succeed() : Plan(continuation));
        Ending ending = _random.Next(lease.Unit.IsItem ? 12 : 22) switch
        {
            < 6 => new Ending.Succeed(lease.Unit.IsItem ? null : continuation),
            6 => new Ending.Retry(Pick(Waits)),
            7 or 8 => new Ending.Fail(),
            9 => new Ending.Snooze(Pick(Waits)),
            10 => new Ending.Release(),
            11 => lease.Unit.IsItem ? new Ending.EffectThrows() : new Ending.Fail(),
            < 15 => new Ending.AwaitChildren(),
            < 17 => new Ending.Sleep(Pick(Waits)),
            _ => Plan(continuation),
        };
        return new Command.Finish(lease.Unit, lease.Attempt, ending);
    }

    private Ending.Dispatch Plan(int? continuation) => new(_random.Next(5), _random.Next(1, 3), Pick([0, 0, 0.5, 1]), continuation);

    private Command Redrive()
    {
        if (_model.Letters.Count == 0)
            return new Command.Redrive(Label(), null, null, 0);
        ModelLetter letter = _model.Letters[_random.Next(_model.Letters.Count)];
        List<ModelLetter> about = [.. _model.Letters.Where(l => (l.Job, l.Stage, l.Index) == (letter.Job, letter.Stage, letter.Index))];
        return new Command.Redrive(letter.Job, letter.Stage, letter.Index, about.IndexOf(letter));
    }

    private Command.Register NewWorker() => new($"w{++_workers}");

    private string Worker() => $"w{Math.Max(_workers - _random.Next(3), 1)}";

    // Mostly one that stands; now and then one that was lost or told already.
    private (Unit Unit, int Attempt)? Lease()
    {
        List<(Unit, int)> standing = [.. _model.Units
            .Where(u => u.Holder is not null && (!_likesBatches || u.Unit.IsItem || _model.Items.Count < 4)).Select(u => (u.Unit, u.Attempt))];
        List<(Unit, int)> from = _random.Next(6) == 0 || standing.Count == 0 ? _leases : standing;
        return from.Count == 0 ? null : from[_random.Next(from.Count)];
    }

    private int Label() => _model.Jobs.Count == 0 ? _labels : _model.Jobs.Keys.ElementAt(_random.Next(_model.Jobs.Count));

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
