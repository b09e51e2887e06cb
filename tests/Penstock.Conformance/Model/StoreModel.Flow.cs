using Penstock.Engine.Jobs;

namespace Penstock.Conformance.Model;

/// <summary>Jobs that wait for jobs, keys of which one job at a time is open, and jobs that run once more.</summary>
internal sealed partial class StoreModel
{
    /// <summary>Their parents were cancelled with them.</summary>
    private readonly HashSet<ModelJob> _untold = [];

    private ModelJob? UniqueHolder(string? key) => key is null ? null : Jobs.Values.FirstOrDefault(j => j.IsOpen && j.Unique == key);

    private void Block(ModelJob job, Command.Enqueue asked)
    {
        bool cancelled = false;
        foreach (ModelJob other in asked.DependsOn.Select(d => Jobs[d]))
        {
            bool failed = other.Status is JobStatus.Failed or JobStatus.Cancelled;
            if (other.IsOpen || (failed && asked.OnFailure == "hold"))
                job.WaitsFor[other.Unit.Job] = asked.OnFailure;
            cancelled |= failed && asked.OnFailure == "cancel";
        }
        job.WaitingFor = job.WaitsFor.Count > 0 ? "dependencies" : null;
        if (cancelled)
            Cancel(job.Unit.Job);
    }

    /// <summary>What every end of a job does to others, one end after the other.</summary>
    private void Leave(ModelJob job, JobStatus status, bool deleted = false, bool tellsParent = true)
    {
        _endings.Enqueue((job, status, deleted));
        if (!tellsParent)
            _untold.Add(job);
        if (_settles)
            return;
        _settles = true;
        while (_endings.TryDequeue(out (ModelJob Job, JobStatus Status, bool Deleted) ended))
        {
            ended.Job.WaitsFor.Clear();
            foreach (ModelJob dependent in Jobs.Values.Where(j => j.WaitsFor.ContainsKey(ended.Job.Unit.Job)).ToList())
                Resolve(dependent, ended.Job.Unit.Job, ended.Status, ended.Deleted);
            if (!_untold.Remove(ended.Job))
                ChildEnded(ended.Job.Parent);
        }
        _settles = false;
    }

    private void Resolve(ModelJob dependent, int on, JobStatus status, bool deleted)
    {
        if (!dependent.WaitsFor.TryGetValue(on, out string? policy))
            return; // It ended meanwhile.
        bool succeeded = status == JobStatus.Succeeded;
        if (policy == "hold" && !succeeded && !deleted)
            return; // Until it is redriven.
        dependent.WaitsFor.Remove(on);
        if (succeeded || policy == "run")
            Release(dependent);
        else
            Cancel(dependent.Unit.Job);
    }

    private bool Release(ModelJob job)
    {
        if (job.WaitsFor.Count > 0 || job is not { Status: JobStatus.Queued, WaitingFor: "dependencies" })
            return false;
        job.WaitingFor = null;
        Write(job, "job.unblocked");
        return true;
    }

    private string Unblock(int label)
    {
        if (!Jobs.TryGetValue(label, out ModelJob? job))
            return "job-not-found";
        if (job.WaitingFor != "dependencies")
            return "job-not-blocked";
        job.WaitsFor.Clear();
        Release(job);
        return Ok;
    }

    private string Requeue(int label)
    {
        if (!Jobs.TryGetValue(label, out ModelJob? job))
            return "job-not-found";
        if (job.IsOpen)
            return "job-not-finished";
        if (!Requeueable.Contains(job.Queue))
            return "job-finished-immutable";
        if (UniqueHolder(job.Unique) is not null)
            return "unique-key-taken";
        foreach (ModelLetter letter in Letters.Where(l => l.Job == label))
            letter.IsPending = false;
        (job.Failures, job.Retries, job.Deaths, job.ErrorCode, job.Current, job.Total, job.FinishedAt) = (0, 0, 0, null, null, null, null);
        Requeue(job, "job.requeued", null);
        return Ok;
    }
}
