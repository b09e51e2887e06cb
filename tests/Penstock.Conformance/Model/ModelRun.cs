using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Penstock.Sql;
using Penstock.Testing;

namespace Penstock.Conformance.Model;

/// <summary>Does each command to a real store and to the model, and compares what is to be seen of both.</summary>
internal sealed class ModelRun : IAsyncDisposable
{
    /// <summary>A claim may find nothing but hints of jobs that are gone; so many times it looks again.</summary>
    private const int StaleClaimsMax = 100;

    private const string PauseSql = "update queue set paused_at = @now where name = @name";

    private readonly StoreModel _model = new();
    private readonly ManualTimeProvider _time;
    private readonly TestEngine _engine;
    private readonly Dictionary<(Unit, int), UnitLease> _leases = [];
    private readonly List<string> _effects = [];
    private readonly Observation _observation;
    private long _highestFence;

    private ModelRun(TestEngine engine, ManualTimeProvider time)
    {
        (_engine, _time) = (engine, time);
        _observation = new Observation(engine.Reader, _model);
    }

    private IJobStore Store => _engine.Store;

    public static async Task<ModelRun> StartAsync(string path, Func<SqlDatabase, SqlDatabase>? change = null)
    {
        ManualTimeProvider time = new(new StoreModel().Now);
        TestEngine engine = await TestEngine.StartAsync(builder => Configure(builder, change), path, time);
        return new ModelRun(engine, time);
    }

    /// <returns>The first difference, or null.</returns>
    public async Task<string?> RunAsync(IReadOnlyList<Command> commands, CancellationToken cancellationToken)
    {
        for (int i = 0; i < commands.Count; i++)
        {
            if (!Sense.Has(_model, commands[i]) || (LeaseOf(commands[i]) is { } key && !_leases.ContainsKey(key)))
                continue;
            string? wrong = await StepAsync(commands[i], cancellationToken);
            if (wrong is not null)
                return $"after command {i + 1}: {wrong}";
        }
        return null;
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task<string?> StepAsync(Command command, CancellationToken cancellationToken)
    {
        string told;
        string expected = "";
        try
        {
            if (command is Command.Claim claim)
            {
                // The model first: it says how many there are to find.
                expected = _model.Apply(command);
                told = await ClaimAsync(claim, expected == "" ? 0 : expected.Count(c => c == '#'), cancellationToken);
            }
            else
            {
                told = await DoAsync(command, cancellationToken);
                expected = _model.Apply(command);
            }
        }
        catch (Exception error) when (error is not (PenstockException or OperationCanceledException or TransientEffectException))
        {
            return $"the store threw {error}";
        }
        if (told != expected)
            return $"the store says '{told}', the model '{expected}'";
        if (!_effects.SequenceEqual(_model.Effects))
            return $"effects are [{string.Join(' ', _effects)}], in the model [{string.Join(' ', _model.Effects)}]";
        return await _observation.CompareAsync(cancellationToken);
    }

    private async Task<string> DoAsync(Command command, CancellationToken cancellationToken)
    {
        try
        {
            return command switch
            {
                Command.Enqueue enqueue => await EnqueueAsync(enqueue, cancellationToken),
                Command.EnqueueUndone undone => await EnqueueUndoneAsync(undone, cancellationToken),
                Command.Finish finish => await FinishAsync(finish, cancellationToken),
                Command.Tell tell => await TellAsync(tell, cancellationToken),
                Command.GiveBack back => await GiveBackAsync(_leases[(back.Unit, back.Attempt)], cancellationToken),
                Command.Cancel cancel => $"cancelled {(await _engine.Client.CancelAsync(IdOf(cancel.Label), "model", cancellationToken)).ChildrenCancelled} more",
                Command.Delete delete => await OkAsync(_engine.Client.DeleteAsync(IdOf(delete.Label), cancellationToken)),
                Command.Redrive redrive => await RedriveAsync(redrive, cancellationToken),
                Command.Requeue requeue => await OkAsync(_engine.Client.RequeueAsync(IdOf(requeue.Label), "model", cancellationToken)),
                Command.Unblock unblock => await OkAsync(Store.UnblockAsync(IdOf(unblock.Label), "model", cancellationToken)),
                Command.Pause pause => await PauseAsync(pause, cancellationToken),
                Command.Register register => await OkAsync(Store.BeatAsync(Beat(register.Worker) with { Registers = true }, cancellationToken)),
                Command.Beat beat => await Store.BeatAsync(Beat(beat.Worker), cancellationToken) ? StoreModel.Ok : "unknown",
                Command.Retire retire => await OkAsync(Store.RetireWorkerAsync(retire.Worker, cancellationToken)),
                Command.Recover recover => await RecoverAsync(recover, cancellationToken),
                Command.Reap => await ReapAsync(cancellationToken),
                Command.Prune prune => $"pruned {(await Store.PruneAsync(_time.GetUtcNow() - TimeSpan.FromDays(prune.Days), null, 1_000, cancellationToken)).Removed}",
                Command.Advance advance => Advance(advance),
                _ => throw new ArgumentOutOfRangeException(nameof(command)),
            };
        }
        catch (PenstockException known)
        {
            return known.Code;
        }
    }

    private async Task<string> EnqueueAsync(Command.Enqueue asked, CancellationToken cancellationToken)
    {
        EnqueueResult result = await _engine.Client.EnqueueAsync(NewJob(asked), cancellationToken);
        return result.Existed ? $"existed {_model.Jobs.Values.Single(j => j.Id == result.JobId).Unit.Job}" : StoreModel.Ok;
    }

    private NewJob NewJob(Command.Enqueue asked) => new(asked.Operation, "{}")
    {
        Id = _model.IdOf(asked.Label), Priority = asked.Priority, Delay = asked.DelaySeconds > 0 ? TimeSpan.FromSeconds(asked.DelaySeconds) : null, IdempotencyKey = asked.Key,
        ParentJobId = asked.Parent is { } parent ? IdOf(parent) : null, UniqueKey = asked.Unique, DependsOn = [.. asked.DependsOn.Select(IdOf)],
        OnDependencyFailure = Enum.Parse<DependencyFailurePolicy>(asked.OnFailure, ignoreCase: true),
    };

    private async Task<string> EnqueueUndoneAsync(Command.EnqueueUndone undone, CancellationToken cancellationToken)
    {
        try
        {
            await _engine.Services.GetRequiredService<SqlDatabase>().WriteAsync<bool>(
                async (session, token) =>
                {
                    await _engine.Client.EnqueueManyAsync([NewJob(new Command.Enqueue(undone.Label, undone.Operation))], session.Transaction!, token);
                    throw new TransientEffectException();
                },
                cancellationToken,
                forCommands: true);
            return "stored";
        }
        catch (TransientEffectException)
        {
            return StoreModel.Ok;
        }
    }

    private async Task<string> ClaimAsync(Command.Claim claim, int expected, CancellationToken cancellationToken)
    {
        string[] queues = claim.Queue is null ? [.. StoreModel.Limits.Keys] : [claim.Queue];
        // A claim from all queues shares its limit out among them; with a high one it takes whatever there is.
        List<UnitLease> taken = [];
        for (int i = 0; i < StaleClaimsMax; i++)
        {
            int limit = (claim.Queue is null ? 10_000 : claim.Limit) - taken.Count;
            Exchange exchange = await Store.ExchangeAsync([], new ClaimRequest(claim.Worker, queues, limit), cancellationToken);
            if (exchange.WorkerUnknown)
                return "unknown";
            taken.AddRange(exchange.Leases);
            if (taken.Count >= expected)
                break;
        }
        List<string> told = [];
        foreach (UnitLease lease in taken.OrderBy(l => l.QueueName, StringComparer.Ordinal)) // It may have come in several exchanges.
        {
            Unit unit = UnitOf(lease);
            if (lease.Fence <= _highestFence)
                return $"fence {lease.Fence} again";
            _leases[(unit, lease.Attempt)] = lease;
            ModelUnit? known = _model.Units.FirstOrDefault(u => u.Unit == unit);
            if (known is not null)
                known.Fence = lease.Fence;
            told.Add(Describe(unit, lease));
        }
        _highestFence = taken.Select(l => l.Fence).Append(_highestFence).Max();
        return string.Join(' ', told);
    }

    private Unit UnitOf(UnitLease lease)
    {
        if (lease is JobLease job)
            return new Unit(LabelOf(job.JobId));
        ItemLease item = (ItemLease)lease;
        int label = LabelOf(item.ParentJobId);
        int sent = _model.Jobs.TryGetValue(label, out ModelJob? parent) ? parent.Sent.GetValueOrDefault((item.Stage, item.ItemIndex)) : 0;
        return new Unit(label, item.Stage, item.ItemIndex, sent - 1);
    }

    private static string Describe(Unit unit, UnitLease lease) => lease switch
    {
        JobLease job => $"{unit}#{job.Attempt}/{job.Failures}/{job.Retries}",
        ItemLease item => $"{unit}#{item.Attempt}/{item.Failures}/{item.Retries}",
        _ => "?",
    };

    private async Task<string> FinishAsync(Command.Finish finish, CancellationToken cancellationToken)
    {
        UnitLease lease = _leases[(finish.Unit, finish.Attempt)];
        try
        {
            Exchange exchange = await Store.ExchangeAsync([Completion(finish, lease)], null, cancellationToken);
            return exchange.Refused.Count == 0 ? StoreModel.Ok : StoreModel.Refused;
        }
        catch (TransientEffectException)
        {
            return "error";
        }
    }

    private Completion Completion(Command.Finish finish, UnitLease lease) => finish.Ending switch
    {
        Ending.Retry retry => new Completion.Threw(lease, "Broken", "It broke.", _time.GetUtcNow() + TimeSpan.FromSeconds(retry.Seconds)),
        Ending.Fail => new Completion.Threw(lease, "Broken", "It broke.", null),
        Ending.Snooze snooze => new Completion.Snoozed(lease, "busy", _time.GetUtcNow() + TimeSpan.FromSeconds(snooze.Seconds)),
        Ending.Release => new Completion.Released(lease),
        Ending.Succeed when lease is ItemLease item => ItemReturned(finish.Unit, item, throws: false),
        Ending.EffectThrows => ItemReturned(finish.Unit, (ItemLease)lease, throws: true),
        Ending.Succeed done => new Completion.JobReturned((JobLease)lease, new JobOutcome.Succeeded("1"), Draft(done.Continuation), []),
        Ending.Sleep sleep => new Completion.Suspended(
            (JobLease)lease, new Suspension.Sleep($"sleep {lease.Attempt}", _time.GetUtcNow() + TimeSpan.FromSeconds(sleep.Seconds))),
        Ending.AwaitChildren => new Completion.JobReturned((JobLease)lease, new JobOutcome.AwaitsChildren("1"), null, []),
        Ending.Dispatch plan => new Completion.JobReturned(
            (JobLease)lease,
            new JobOutcome.Dispatched("1", [], [.. Enumerable.Repeat("{}", plan.Items)], null, plan.FailureRatio), Draft(plan.Continuation),
            [.. Enumerable.Range(0, plan.Stages).Select(stage => new StageDraft($"stage_{stage}", StoreModel.QueueOfStage(stage)))]),
        _ => throw new ArgumentOutOfRangeException(nameof(finish)),
    };

    private Completion.ItemReturned ItemReturned(Unit unit, ItemLease item, bool throws)
    {
        StoreEffect effect = (_, _) =>
        {
            if (throws)
                throw new TransientEffectException();
            _effects.Add($"{unit}");
            return Task.CompletedTask;
        };
        return new Completion.ItemReturned(item, new ItemOutcome(effect), "{}");
    }

    private JobDraft? Draft(int? continuation) => continuation is { } label
        ? _engine.Services.GetRequiredService<JobDrafting>().Draft(NewJob(new Command.Enqueue(label, "work")))
        : null;

    private async Task<string> TellAsync(Command.Tell tell, CancellationToken cancellationToken)
    {
        JobEventDraft draft = new("model.told", JobEventLevel.Info, null, "{}");
        await Store.AppendEventAsync((JobLease)_leases[(tell.Unit, tell.Attempt)], draft, new Progress(tell.Current, tell.Total), cancellationToken);
        return StoreModel.Ok;
    }

    private async Task<string> GiveBackAsync(UnitLease lease, CancellationToken cancellationToken)
    {
        await Store.GiveBackAsync(lease.WorkerId, [UnitKey.Of(lease)], cancellationToken);
        return StoreModel.Ok;
    }

    private async Task<string> RedriveAsync(Command.Redrive asked, CancellationToken cancellationToken)
    {
        Guid? id = await _observation.LetterAsync(asked, cancellationToken);
        if (id is null)
            return "dead-letter-not-found";
        await _engine.Client.RedriveAsync(id.Value, "model", cancellationToken);
        return StoreModel.Ok;
    }

    private async Task<string> PauseAsync(Command.Pause pause, CancellationToken cancellationToken)
    {
        await _engine.Database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement write = session.Statement(PauseSql).Bind("name", pause.Queue).Bind("now", pause.Paused ? _time.GetUtcNow() : null);
                await write.ExecuteAsync(token);
            },
            cancellationToken);
        return StoreModel.Ok;
    }

    private async Task<string> RecoverAsync(Command.Recover recover, CancellationToken cancellationToken)
    {
        RecoveryReport report = await Store.RecoverAsync(
            StoreModel.Lease, StoreModel.MaxDeaths, recover.KnownDead is { } known ? [known] : [], cancellationToken);
        return $"dead: {string.Join(' ', report.DeadWorkers.Order(StringComparer.Ordinal))}";
    }

    private async Task<string> ReapAsync(CancellationToken cancellationToken)
    {
        ReapReport report = await Store.ReapAsync(StoreModel.ReaperTimeout, StoreModel.ReaperStall, cancellationToken);
        return $"reaped {report.Reaped.Count}, skipped {report.Skipped.Count}";
    }

    private string Advance(Command.Advance advance)
    {
        _time.Advance(TimeSpan.FromSeconds(advance.Seconds));
        return StoreModel.Ok;
    }

    private Guid IdOf(int label) => _model.Jobs.TryGetValue(label, out ModelJob? job) ? job.Id : Guid.Empty;

    private int LabelOf(Guid id) => _model.Jobs.Values.FirstOrDefault(j => j.Id == id)?.Unit.Job ?? -1;

    private static (Unit, int)? LeaseOf(Command command) => command switch
    {
        Command.Finish finish => (finish.Unit, finish.Attempt),
        Command.Tell tell => (tell.Unit, tell.Attempt),
        Command.GiveBack back => (back.Unit, back.Attempt),
        _ => null,
    };

    private static WorkerBeat Beat(string worker) =>
        new(worker, "elsewhere", 1, DateTimeOffset.UnixEpoch, [.. StoreModel.Limits.Keys], StoreModel.Slots, 0, Draining: false);

    private static async Task<string> OkAsync(Task task)
    {
        await task;
        return StoreModel.Ok;
    }

    private static void Configure(PenstockBuilder builder, Func<SqlDatabase, SqlDatabase>? change)
    {
        foreach ((string queue, int? limit) in StoreModel.Limits)
            builder.AddQueue(new QueueDefinition(queue, limit, queue == "fragile" ? LostPolicy.Fail : LostPolicy.Requeue)
            {
                Finished = StoreModel.Requeueable.Contains(queue) ? FinishedPolicy.Requeueable : FinishedPolicy.Immutable,
            });
        foreach (string operation in (string[])["work", "single", "fragile"])
            builder.AddOperation<Unused>(operation, operation, "Never run: the test says how it ended.");
        if (change is not null)
            builder.Services.AddSingleton(p => change(p.GetRequiredService<Sqlite.SqliteDatabase>()));
    }

    private sealed class TransientEffectException : Exception;

    private sealed class Unused : Operation<Unused.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
