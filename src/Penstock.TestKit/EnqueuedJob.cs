using System.Text.Json;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;

namespace Penstock.TestKit;

/// <summary>A job that was enqueued, as an assertion sees it.</summary>
public sealed record EnqueuedJob(Job Job)
{
    public Guid Id => Job.Id;
    public string Operation => Job.Operation;
    public JobStatus Status => Job.Status;

    /// <summary>The payload as the operation's record.</summary>
    /// <exception cref="PenstockAssertionException">It does not fit.</exception>
    public TPayload Payload<TPayload>()
    {
        try
        {
            return (TPayload)PayloadJson.Read(Job.Payload, typeof(TPayload));
        }
        catch (JsonException error)
        {
            throw new PenstockAssertionException($"The payload of {this} is no {typeof(TPayload).Name}: {error.Message}");
        }
    }

    public override string ToString() => $"{Job.Operation} {Job.Payload} ({Job.Status.ToText()} in {Job.QueueName})";
}
