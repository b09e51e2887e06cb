using System.Text;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Chaos;

/// <summary>A job that stores a file and reads it back. It is tried again while the server is away.</summary>
/// <remarks>Safe to run again: name and content follow from the job.</remarks>
internal sealed class StoringOperation(Journal journal, IArtifactStore artifacts) : Operation<StoringOperation.Payload, int>
{
    public const string Name = "chaos.store";

    private const int LinesMax = 100;

    /// <param name="Milliseconds">How long it runs besides.</param>
    public sealed record Payload(int Number, int Milliseconds);

    public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) =>
        journal.RecordAsync(job.JobId, item: null, job.Attempt, async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(payload.Milliseconds), job.Time, cancellationToken);
            using MemoryStream content = new(ContentOf(job.JobId, payload.Number));
            await artifacts.PutAsync(NameOf(job.JobId), content, "text/plain", cancellationToken);
            if (await WrongAsync(artifacts, job.JobId, payload.Number, cancellationToken) is { } wrong)
                throw new InvalidDataException(wrong);
            return payload.Number;
        });

    /// <returns>What is wrong with the stored file; null: it is there and is what was put.</returns>
    public static async Task<string?> WrongAsync(IArtifactStore artifacts, Guid jobId, int number, CancellationToken cancellationToken)
    {
        if (await artifacts.FindAsync(NameOf(jobId), cancellationToken) is null)
            return $"{NameOf(jobId)} is not there";
        using MemoryStream stored = new();
        await using Stream content = await artifacts.OpenAsync(NameOf(jobId), cancellationToken);
        await content.CopyToAsync(stored, cancellationToken);
        return stored.ToArray().AsSpan().SequenceEqual(ContentOf(jobId, number)) ? null : $"{NameOf(jobId)} is not what was put";
    }

    private static string NameOf(Guid jobId) => $"chaos/{jobId}";

    private static byte[] ContentOf(Guid jobId, int number) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1 + number % LinesMax).Select(line => $"{jobId} {number} {line}\n")));
}
