using Penstock.Proteins.Files;

namespace Penstock.Proteins.Loading;

/// <summary>A download that fails when no byte comes for too long, instead of holding its job for ever.</summary>
internal sealed class StallGuardedStream(Stream source, string address, TimeSpan timeout, TimeProvider time) : ReadOnceStream
{
    public override int Read(Span<byte> buffer) => source.Read(buffer);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await source.ReadAsync(buffer, linked.Token);
        }
        catch (OperationCanceledException stalled) when (!cancellationToken.IsCancellationRequested)
        {
            throw SourceException.Unreachable(address, $"no byte came for {timeout.TotalSeconds:F0} s", stalled);
        }
        catch (Exception broken) when (broken is HttpIOException or HttpRequestException or IOException)
        {
            throw SourceException.Unreachable(address, broken.Message, broken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
