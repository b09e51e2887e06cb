using Penstock.Engine.Operations;

namespace Penstock.Proteins.Operations;

/// <summary>Shows that a job goes all the way round.</summary>
/// <remarks>Safe to run again: it writes nothing but its events.</remarks>
internal sealed class Ping : Operation<Dictionary<string, System.Text.Json.JsonElement>, Ping.Result>
{
    public const string OperationName = "ping";

    public sealed record Result(bool Ok);

    public override async Task<Result> RunAsync(
        Dictionary<string, System.Text.Json.JsonElement> payload, JobContext job, CancellationToken cancellationToken)
    {
        await job.EmitAsync("ping.start", new { PayloadKeys = payload.Keys.Order(StringComparer.Ordinal) }, cancellationToken);
        await job.EmitAsync("ping.done", null, cancellationToken);
        return new Result(true);
    }
}
