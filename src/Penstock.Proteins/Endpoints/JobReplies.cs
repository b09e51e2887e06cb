using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Penstock.Client.Jobs;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Ops.Security;

namespace Penstock.Proteins.Endpoints;

/// <summary>Turns a request into a job and answers with it.</summary>
internal static class JobReplies
{
    public static async Task<Accepted<QueuedJob>> EnqueueAsync(
        this IJobClient client, string operation, object payload, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        NewJob job = new(operation, PayloadJson.Write(payload)) { Source = $"api:{caller.Actor()}" };
        EnqueueResult result = await client.EnqueueAsync(job, cancellationToken);
        return TypedResults.Accepted($"/jobs/{result.JobId}", new QueuedJob(result.JobId, JobStatus.Queued.ToText()));
    }
}
