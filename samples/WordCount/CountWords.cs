using Penstock.Engine.Operations;

namespace WordCount;

/// <summary>Counts the words of a text file.</summary>
/// <remarks>Safe to run again: it only reads.</remarks>
public sealed class CountWords : Operation<CountWords.Payload, CountWords.Result>
{
    public const string OperationName = "words.count";

    /// <param name="File">Path of a text file that the server can read.</param>
    public sealed record Payload(string File);
    public sealed record Result(int Lines, int Words, string? Longest);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        int lines = 0, words = 0;
        string? longest = null;
        await foreach (string line in File.ReadLinesAsync(payload.File, cancellationToken))
        {
            lines++;
            foreach (string word in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                words++;
                if (word.Length > (longest?.Length ?? 0))
                    longest = word;
            }
            if (lines % 1_000 == 0)
                await job.ProgressAsync("words.counted", lines, total: null, new { words }, cancellationToken);
        }
        return new Result(lines, words, longest);
    }
}
