using Penstock.Engine.Jobs;

namespace Penstock.Conformance.Model;

/// <summary>Batches: items, their marks, and the close of their job; and what redriving does to both.</summary>
internal sealed partial class StoreModel
{
    private void Dispatch(ModelJob job, Ending.Dispatch plan)
    {
        // A plan made again starts from nothing, and the letters of the old one are settled by it.
        foreach (ModelLetter old in Letters.Where(l => l.Job == job.Unit.Job && l.Stage is not null))
            old.IsPending = false;
        ContinuationDraft? continuation = plan.Continuation is { } label ? new ContinuationDraft(label, IdOf(label)) : null;
        job.Batch = new ModelBatch(plan.Items, plan.Stages, plan.FailureRatio, continuation);
        (job.WaitingFor, job.Current, job.Total) = ("batch", 0, plan.Items);
        for (int index = 0; index < plan.Items; index++)
            Send(job, 0, index);
        Write(job, "job.dispatched");
        CloseIfEnded(job);
    }

    public static string QueueOfStage(int stage) => stage == 0 ? "items" : "narrow";

    private void Send(ModelJob job, int stage, int index)
    {
        int sent = job.Sent.GetValueOrDefault((stage, index));
        job.Sent[(stage, index)] = sent + 1;
        Items.Add(new ModelItem
        {
            Unit = new Unit(job.Unit.Job, stage, index, sent), Queue = QueueOfStage(stage), Order = ++_order, Priority = job.Priority,
        });
    }

    private string FinishItem(ModelItem item, Ending ending)
    {
        ModelJob job = Jobs[item.Unit.Job];
        switch (ending)
        {
            case Ending.EffectThrows:
                return "error"; // Nothing happened, and it still holds its lease.
            case Ending.Succeed:
                Return(job, item);
                break;
            case Ending.Fail:
                FailItem(item, "Broken");
                break;
            case Ending.Retry retry:
                item.Failures++;
                SendBack(item, retry.Seconds);
                Write(job, "child.retried");
                break;
            case Ending.Snooze snooze:
                item.Retries++;
                SendBack(item, snooze.Seconds);
                break;
            default:
                SendBack(item, 0);
                break;
        }
        return Ok;
    }

    private void SendBack(ModelItem item, int seconds) =>
        (item.Holder, item.RunAt) = (null, seconds > 0 ? Now + TimeSpan.FromSeconds(seconds) : null);

    private void Return(ModelJob job, ModelItem item)
    {
        (int stage, int index) = (item.Unit.Stage!.Value, item.Unit.Index!.Value);
        Items.Remove(item);
        Effects.Add($"{item.Unit}");
        job.Batch!.Done.Add((stage, index));
        if (stage + 1 < job.Batch.Stages)
        {
            Send(job, stage + 1, index);
            return;
        }
        job.Current = job.Batch.DoneInLastStage;
        Write(job, "batch.progressed");
        CloseIfEnded(job);
    }

    private void FailItem(ModelItem item, string errorCode)
    {
        ModelJob job = Jobs[item.Unit.Job];
        Items.Remove(item);
        Letters.Add(new ModelLetter
        {
            Job = item.Unit.Job, Stage = item.Unit.Stage, Index = item.Unit.Index, ErrorCode = errorCode, Attempts = item.Attempt,
        });
        Write(job, "child.failed");
        job.Batch!.Failed.Add((item.Unit.Stage!.Value, item.Unit.Index!.Value));
        CloseIfEnded(job);
    }

    private void CloseIfEnded(ModelJob job)
    {
        ModelBatch batch = job.Batch!;
        if (!batch.HasEnded)
            return;
        if (batch.Failed.Count > 0 && batch.Failed.Count >= batch.FailureRatio * batch.Total)
        {
            // Its items have the letters.
            job.ErrorCode = batch.Failed.Count == batch.Total ? "AllChildrenFailed" : "BatchItemsFailed";
            End(job, JobStatus.Failed, "job.failed", keepError: true);
        }
        else
        {
            End(job, JobStatus.Succeeded, "job.succeeded");
            if (batch.Continuation is { } next)
                Continue(next, job);
        }
        Leave(job, job.Status);
    }

    /// <summary>Once, however often the job succeeds.</summary>
    private void Continue(ContinuationDraft next, ModelJob job)
    {
        string key = $"continuation:{job.Id}";
        if (!Jobs.ContainsKey(next.Label) && !Jobs.Values.Any(j => j.Key == key))
            Add(next.Label, next.Id, "work", 0, null, key);
    }

    private void DropItems(ModelJob job) => Items.RemoveAll(i => i.Unit.Job == job.Unit.Job);

    private string Redrive(Command.Redrive asked)
    {
        List<ModelLetter> about = [.. Letters.Where(l => l.Job == asked.Label && l.Stage == asked.Stage && l.Index == asked.Index)];
        if (asked.Number >= about.Count)
            return "dead-letter-not-found";
        ModelLetter letter = about[asked.Number];
        ModelJob job = Jobs[letter.Job];
        if (!letter.IsPending)
            return "dead-letter-settled";
        if (!job.IsOpen && UniqueHolder(job.Unique) is not null && (letter.Stage is null ? job.Status == JobStatus.Failed : Reopens(job)))
            return "unique-key-taken";
        if (!(letter.Stage is null ? RedriveJob(job) : RedriveItem(job, letter.Stage.Value, letter.Index!.Value)))
            return "dead-letter-obsolete";
        letter.IsPending = false;
        return Ok;
    }

    // A job that was reaped or failed before its items had ended has lost the others: only redriving it sends them again.
    private static bool Reopens(ModelJob job) => job.Status is JobStatus.Failed or JobStatus.Succeeded && job.Batch is { HasEnded: true };

    private bool RedriveJob(ModelJob job)
    {
        if (job.Status != JobStatus.Failed)
            return false;
        (job.Status, job.FinishedAt, job.StartedAt, job.RunAt, job.Failures, job.Deaths) = (JobStatus.Queued, null, null, null, 0, 0);
        Write(job, "job.redriven");
        return true;
    }

    private bool RedriveItem(ModelJob job, int stage, int index)
    {
        bool reopens = Reopens(job);
        if (!reopens && job.WaitingFor != "batch")
            return false;
        if (reopens)
        {
            (job.Status, job.WaitingFor, job.FinishedAt) = (JobStatus.Running, "batch", null);
            Write(job, "job.reopened");
        }
        job.Batch!.Failed.Remove((stage, index));
        Write(job, "child.redriven");
        Send(job, stage, index);
        return true;
    }
}
