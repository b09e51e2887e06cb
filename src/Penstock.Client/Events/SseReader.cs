using System.Runtime.CompilerServices;
using System.Text;

namespace Penstock.Client.Events;

/// <summary>Reads a server-sent event stream line by line.</summary>
/// <remarks>Not the framework's parser: that one hides heartbeats, and their absence is how a dead connection shows.</remarks>
internal sealed class SseReader(Stream stream, TimeProvider time, TimeSpan silence)
{
    /// <exception cref="IOException">Nothing came for longer than the allowed silence, or the connection broke.</exception>
    public async IAsyncEnumerable<SseItem> ItemsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using StreamReader reader = new(stream, Encoding.UTF8);
        long? id = null;
        string? data = null;
        while (await LineAsync(reader, cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (id is not null || data is not null)
                    yield return new SseItem(id, data);
                (id, data) = (null, null);
            }
            else if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                string part = line[5..].TrimStart(' ');
                data = data is null ? part : $"{data}\n{part}";
            }
            else if (line.StartsWith("id:", StringComparison.Ordinal) && long.TryParse(line.AsSpan(3), out long cursor))
            {
                id = cursor;
            }
        }
    }

    private async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(silence, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await reader.ReadLineAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The event stream was silent for {silence.TotalSeconds:F0} s.");
        }
    }
}

/// <param name="Id">The cursor to resume behind.</param>
/// <param name="Data">Null: only the cursor moved.</param>
internal sealed record SseItem(long? Id, string? Data);
