using Penstock.Engine.Jobs;

namespace Penstock.Conformance.Model;

/// <summary>The job store as one would write it without a database: what each command must do, in the simplest words.</summary>
/// <remarks>It knows no hints, ledgers or statements. Where it and a store differ, one of them is wrong.</remarks>
internal sealed partial class StoreModel
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan ReaperTimeout = TimeSpan.FromHours(6);
    public static readonly TimeSpan ReaperStall = TimeSpan.FromMinutes(30);
    public const int MaxDeaths = 3;
    public const int Slots = 2;
    public const string Ok = "ok";
    public const string Refused = "refused";

    /// <summary>Queues whose finished jobs may run again.</summary>
    public static readonly string[] Requeueable = ["work", "single"];

    /// <summary>Queues by name, with their limit.</summary>
    public static readonly SortedDictionary<string, int?> Limits = new(StringComparer.Ordinal)
    {
        ["work"] = null, ["single"] = 1, ["fragile"] = null, ["items"] = null, ["narrow"] = 2,
    };

    private readonly Queue<(ModelJob Job, JobStatus Status, bool Deleted)> _endings = [];
    private bool _settles;
    private long _order;
    private long _fence;

    public DateTimeOffset Now { get; private set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public SortedDictionary<int, ModelJob> Jobs { get; } = [];
    public List<ModelItem> Items { get; } = [];
    public List<ModelLetter> Letters { get; } = [];
    public List<string> Effects { get; } = [];
    public HashSet<string> Paused { get; } = [];

    /// <summary>Registered workers and their last heartbeat.</summary>
    public SortedDictionary<string, DateTimeOffset> Workers { get; } = new(StringComparer.Ordinal);

    /// <summary>Jobs that ended, by queue and status.</summary>
    public Dictionary<(string Queue, JobStatus Status), int> Ended { get; } = [];

    public IEnumerable<ModelUnit> Units => Jobs.Values.Cast<ModelUnit>().Concat(Items);

    /// <returns>What the caller is told.</returns>
    public string Apply(Command command) => command switch
    {
        Command.Enqueue enqueue => Enqueue(enqueue),
        Command.EnqueueUndone => Ok,
        Command.Claim claim => Claim(claim),
        Command.Finish finish => Finish(finish),
        Command.Tell tell => Tell(tell),
        Command.GiveBack back => GiveBack(back),
        Command.Cancel cancel => Cancel(cancel.Label),
        Command.Delete delete => Delete(delete.Label),
        Command.Redrive redrive => Redrive(redrive),
        Command.Requeue requeue => Requeue(requeue.Label),
        Command.Unblock unblock => Unblock(unblock.Label),
        Command.Pause pause => Pause(pause),
        Command.Register register => Do(() => Workers.TryAdd(register.Worker, Now)),
        Command.Beat beat => Workers.ContainsKey(beat.Worker) ? Do(() => Workers[beat.Worker] = Now) : "unknown",
        Command.Retire retire => Do(() => Workers.Remove(retire.Worker)),
        Command.Recover recover => Recover(recover.KnownDead),
        Command.Reap => Reap(),
        Command.Prune prune => Prune(Now - TimeSpan.FromDays(prune.Days)),
        Command.Advance advance => Do(() => Now += TimeSpan.FromSeconds(advance.Seconds)),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    /// <summary>Time first, then the label: in the order of enqueueing.</summary>
    public Guid IdOf(int label) => new($"{Now.ToUnixTimeMilliseconds():x12}7{label:x3}8000000000000000".Insert(8, "-").Insert(13, "-").Insert(18, "-").Insert(23, "-"));

    private string Enqueue(Command.Enqueue asked)
    {
        ModelJob? known = Jobs.Values.FirstOrDefault(j => asked.Key is not null && j.Key == asked.Key);
        known ??= UniqueHolder(asked.Unique);
        if (known is not null)
            return $"existed {known.Unit.Job}";
        DateTimeOffset? runAt = asked.DelaySeconds > 0 ? Now + TimeSpan.FromSeconds(asked.DelaySeconds) : null;
        ModelJob job = Add(asked.Label, IdOf(asked.Label), asked.Operation, asked.Priority, runAt, asked.Key, asked.Parent, asked.Unique);
        Block(job, asked);
        return Ok;
    }

    private ModelJob Add(
        int label, Guid id, string queue, int priority, DateTimeOffset? runAt, string? key, int? parent = null, string? unique = null)
    {
        ModelJob job = new()
        {
            Unit = new Unit(label), Id = id, Queue = queue, CreatedAt = Now, Order = ++_order, Priority = priority, RunAt = runAt, Key = key, Parent = parent, Unique = unique,
        };
        Jobs.Add(label, job);
        Write(job, "job.created");
        return job;
    }

    private string Claim(Command.Claim claim)
    {
        if (!Workers.ContainsKey(claim.Worker))
            return "unknown";
        List<ModelUnit> taken = Claimable(claim);
        foreach (ModelUnit unit in taken)
        {
            (unit.Holder, unit.Fence, unit.RunAt) = (claim.Worker, ++_fence, null);
            unit.Attempt++;
            if (unit is not ModelJob job)
                continue;
            (job.Status, job.StartedAt, job.WaitingFor) = (JobStatus.Running, Now, null);
            Write(job, "job.started");
        }
        return string.Join(' ', taken.Select(Describe));
    }

    /// <summary>What the claim must take, in this order: by queue, then priority, then jobs before items, then age.</summary>
    private List<ModelUnit> Claimable(Command.Claim claim)
    {
        List<ModelUnit> taken = [];
        foreach ((string queue, int? limit) in Limits.Where(q => claim.Queue is null || q.Key == claim.Queue))
        {
            int running = Units.Count(u => u.Queue == queue && u.Holder is not null);
            int free = Paused.Contains(queue) ? 0 : Math.Max((limit ?? int.MaxValue) - running, 0);
            taken.AddRange(Units
                .Where(u => u.Queue == queue && u.Holder is null && !(u.RunAt > Now) && Waits(u))
                .OrderByDescending(u => u.Priority).ThenBy(u => u.Unit.IsItem).ThenBy(u => u.Order)
                .Take(Math.Min(free, claim.Queue is null ? int.MaxValue : claim.Limit)));
        }
        return taken;
    }

    /// <summary>For its turn, not for another job.</summary>
    public static bool Waits(ModelUnit unit) =>
        unit is ModelJob job ? job is { Status: JobStatus.Queued, WaitingFor: not "dependencies" } : unit.Holder is null;

    public static string Describe(ModelUnit unit) => $"{unit.Unit}#{unit.Attempt}/{unit.Failures}/{unit.Retries}";

    /// <summary>The unit, if this attempt still holds it.</summary>
    private ModelUnit? Held(Unit unit, int attempt) => Units.FirstOrDefault(u => u.Unit == unit && u.Attempt == attempt && u.Holder is not null);

    private string Finish(Command.Finish finish)
    {
        switch (Held(finish.Unit, finish.Attempt))
        {
            case null:
                return Refused;
            case ModelItem item:
                return FinishItem(item, finish.Ending);
            case var held:
                ModelJob job = (ModelJob)held;
                job.Holder = null;
                FinishJob(job, finish.Ending);
                return Ok;
        }
    }

    private void FinishJob(ModelJob job, Ending ending)
    {
        switch (ending)
        {
            case Ending.Succeed done:
                End(job, JobStatus.Succeeded, "job.succeeded");
                if (done.Continuation is { } label)
                    Continue(new ContinuationDraft(label, IdOf(label)), job);
                Leave(job, JobStatus.Succeeded);
                break;
            case Ending.Fail:
                job.Failures++;
                FailForGood(job, "Broken", "job.failed");
                break;
            case Ending.Retry retry:
                job.Failures++;
                job.ErrorCode = "Broken";
                Requeue(job, "job.attempt_failed", retry.Seconds);
                break;
            case Ending.Snooze snooze:
                job.Retries++;
                Requeue(job, "job.retry_later", snooze.Seconds);
                break;
            case Ending.Release:
                Requeue(job, "job.released", null);
                break;
            case Ending.Sleep sleep:
                job.WaitingFor = "sleep";
                Requeue(job, "job.sleeping", sleep.Seconds);
                Write(job, "step.completed");
                break;
            case Ending.AwaitChildren:
                job.WaitingFor = "children";
                Write(job, "job.dispatched");
                ChildEnded(job.Unit.Job);
                break;
            case Ending.Dispatch plan:
                Dispatch(job, plan);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(ending));
        }
    }

    private string Tell(Command.Tell tell)
    {
        if (Held(tell.Unit, tell.Attempt) is not ModelJob job)
            return "lease-lost";
        (job.Current, job.Total) = (tell.Current, tell.Total);
        Write(job, "model.told");
        return Ok;
    }

    private string GiveBack(Command.GiveBack back)
    {
        if (Held(back.Unit, back.Attempt) is not null)
            Finish(new Command.Finish(back.Unit, back.Attempt, new Ending.Release()));
        return Ok;
    }

    private string Cancel(int label)
    {
        if (!Jobs.TryGetValue(label, out ModelJob? named))
            return "job-not-found";
        List<ModelJob> open = [.. Family(label).Order().Select(l => Jobs[l]).Where(j => j.IsOpen)];
        foreach (ModelJob job in open)
        {
            DropItems(job);
            job.Holder = null;
            End(job, JobStatus.Cancelled, "job.cancelled", keepError: true);
        }
        foreach (ModelJob job in open)
            Leave(job, JobStatus.Cancelled, tellsParent: job == named);
        return $"cancelled {open.Count(j => j != named)} more";
    }

    private List<int> Family(int label) => [label, .. Jobs.Values.Where(j => j.Parent == label).SelectMany(j => Family(j.Unit.Job))];

    private string Delete(int label)
    {
        if (!Jobs.TryGetValue(label, out ModelJob? job))
            return "job-not-found";
        if (job.Status == JobStatus.Running)
            return "job-running";
        Jobs.Remove(label);
        Letters.RemoveAll(l => l.Job == label);
        Leave(job, JobStatus.Cancelled, deleted: true);
        return Ok;
    }

    private string Pause(Command.Pause pause)
    {
        if (pause.Paused)
            Paused.Add(pause.Queue);
        else
            Paused.Remove(pause.Queue);
        return Ok;
    }

    private string Reap()
    {
        List<ModelJob> late = [.. Jobs.Values.Where(j => j.Status == JobStatus.Running && j.StartedAt < Now - ReaperTimeout)];
        List<ModelJob> silent = [.. late.Where(j => j.LastEventAt < Now - ReaperStall)];
        int reaped = 0;
        foreach (ModelJob job in silent.Where(j => j.Status == JobStatus.Running)) // One may have closed with its child.
        {
            DropItems(job);
            job.Holder = null;
            FailForGood(job, "JobTimeout", "job.timeout");
            reaped++;
        }
        return $"reaped {reaped}, skipped {late.Count - silent.Count}";
    }

    private string Prune(DateTimeOffset before)
    {
        List<ModelJob> old = [.. Jobs.Values.Where(j =>
            j.Id.CompareTo(Engine.IdGenerator.FloorOf(before)) < 0 && j.FinishedAt < before
            && !Letters.Exists(l => l.Job == j.Unit.Job && l.IsPending)
            && !Jobs.Values.Any(d => d.WaitsFor.ContainsKey(j.Unit.Job))
            && !(j.Parent is { } p && Jobs.TryGetValue(p, out ModelJob? parent) && parent.IsOpen))];
        old.ForEach(j => Delete(j.Unit.Job));
        return $"pruned {old.Count}";
    }

    /// <summary>Units of workers that are gone: as many as had a slot are charged with the death, those claimed first.</summary>
    private string Recover(string? knownDead)
    {
        List<string> dead = [.. Workers.Where(w => w.Value < Now - Lease || w.Key == knownDead).Select(w => w.Key)];
        dead.ForEach(w => Workers.Remove(w));
        var lost = Units.Where(u => u.Holder is not null && dead.Contains(u.Holder))
            .OrderBy(u => u.Fence).ThenBy(u => u.Queue, StringComparer.Ordinal).ThenBy(u => u.Unit.IsItem).ThenBy(u => u.Order)
            .GroupBy(u => u.Holder).SelectMany(worker => worker.Select((unit, place) => (Unit: unit, Place: place)))
            .OrderBy(l => l.Place).ThenBy(l => l.Unit.Fence).ToList();
        foreach ((ModelUnit unit, int place) in lost)
            Lose(unit, charged: place < Slots);
        return $"dead: {string.Join(' ', dead)}";
    }

    private void Lose(ModelUnit unit, bool charged)
    {
        if (unit.Holder is null || (unit is ModelItem lost && !Items.Contains(lost)))
            return; // Cancelled by the end of another that was lost with it.
        unit.Holder = null;
        unit.Deaths += charged ? 1 : 0;
        bool quarantined = charged && unit.Deaths >= MaxDeaths;
        if (unit is ModelItem item)
        {
            if (quarantined)
                FailItem(item, "WorkerKilled");
            return;
        }
        ModelJob job = (ModelJob)unit;
        bool fails = job.Queue == "fragile";
        string told = charged || fails ? "job.lost" : "job.released";
        if (!fails && !quarantined)
        {
            Requeue(job, told, null);
            return;
        }
        Write(job, told);
        FailForGood(job, fails ? "WorkerLost" : "WorkerKilled", "job.failed");
    }

    private void Requeue(ModelJob job, string told, int? seconds)
    {
        (job.Status, job.StartedAt, job.RunAt) = (JobStatus.Queued, null, seconds is { } wait ? Now + TimeSpan.FromSeconds(wait) : null);
        Write(job, told);
    }

    private void FailForGood(ModelJob job, string errorCode, string told)
    {
        job.ErrorCode = errorCode;
        End(job, JobStatus.Failed, told, keepError: true);
        Letters.Add(new ModelLetter { Job = job.Unit.Job, ErrorCode = errorCode, Attempts = job.Attempt });
        if (job.Parent is { } parent && Jobs.TryGetValue(parent, out ModelJob? family))
            Write(family, "child.failed");
        Leave(job, JobStatus.Failed);
    }

    private void End(ModelJob job, JobStatus status, string told, bool keepError = false)
    {
        (job.Status, job.FinishedAt, job.WaitingFor) = (status, Now, null);
        job.ErrorCode = keepError ? job.ErrorCode : null;
        Ended[(job.Queue, status)] = Ended.GetValueOrDefault((job.Queue, status)) + 1;
        Write(job, told);
    }

    /// <summary>A parent that waits for its children closes with the last of them.</summary>
    private void ChildEnded(int? parentLabel)
    {
        if (parentLabel is not { } label || !Jobs.TryGetValue(label, out ModelJob? parent) || parent.WaitingFor != "children")
            return;
        List<ModelJob> children = [.. Jobs.Values.Where(j => j.Parent == label)];
        (parent.Current, parent.Total) = (children.Count(c => !c.IsOpen), children.Count);
        if (children.Exists(c => c.IsOpen))
            return;
        if (children.Count > 0 && !children.Exists(c => c.Status == JobStatus.Succeeded))
        {
            FailForGood(parent, "AllChildrenFailed", "job.failed");
            return;
        }
        End(parent, JobStatus.Succeeded, "job.succeeded");
        Leave(parent, JobStatus.Succeeded);
    }

    private void Write(ModelJob job, string told)
    {
        job.Events.Add(told);
        job.LastEventAt = Now;
    }

    private static string Do(Action action)
    {
        action();
        return Ok;
    }
}
