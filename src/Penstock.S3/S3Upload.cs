using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Penstock.S3;

/// <summary>Sends a stream of unknown length in parts, some at once, and hashes it on the way. Whatever ends it early removes what was sent.</summary>
internal sealed class S3Upload(S3Bucket bucket, string key, string name, S3Options options, TimeProvider time, ILogger logger)
{
    /// <summary>All that S3 takes.</summary>
    public const int PartsMax = 10_000;

    /// <summary>A server that does not answer must not hold up whoever cancels.</summary>
    private static readonly TimeSpan RemovalMax = TimeSpan.FromSeconds(10);

    private Exception? _failure;

    /// <param name="first">Of the pool; it is given back to it. Full: only the last part of an object may be shorter.</param>
    /// <param name="content">What comes after.</param>
    /// <param name="partBytes">Size of every part but the last.</param>
    public async Task<(string Sha256, long Size)> RunAsync(byte[] first, Stream content, int partBytes, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using SemaphoreSlim room = new(options.PartsAtOnce);
        List<Task<PartETag>> parts = [];
        try
        {
            string uploadId = await bucket.BeginAsync(key, name, cancellationToken);
            long size = 0;
            (byte[] buffer, int filled) = (first, partBytes);
            while (filled > 0)
            {
                if (parts.Count == PartsMax)
                    throw new ArtifactTooLargeException(name, (long)PartsMax * partBytes);
                hash.AppendData(buffer, 0, filled);
                size += filled;
                await room.WaitAsync(stop.Token);
                parts.Add(SendAsync(uploadId, parts.Count + 1, buffer, filled, room, stop));
                buffer = ArrayPool<byte>.Shared.Rent(partBytes);
                filled = await content.ReadAtLeastAsync(buffer.AsMemory(0, partBytes), partBytes, throwOnEndOfStream: false, stop.Token);
            }
            ArrayPool<byte>.Shared.Return(buffer);
            PartETag[] tags = await Task.WhenAll(parts);
            await bucket.CompleteAsync(key, uploadId, tags, size, name, cancellationToken);
            return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        catch (Exception error)
        {
            // A part that failed stopped the rest, which then only knows that it was stopped.
            Exception cause = error is OperationCanceledException && !cancellationToken.IsCancellationRequested ? _failure ?? error : error;
            await stop.CancelAsync();
            // Parts that arrive after the upload was removed would stay.
            await Task.WhenAll(parts).ContinueWith(_ => { }, TaskScheduler.Default);
            // Whoever may not write, or has no bucket to write to, left nothing.
            if (cause is not (S3DeniedException or S3BucketMissingException))
                await RemoveAsync();
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }

    private async Task<PartETag> SendAsync(
        string uploadId, int number, byte[] buffer, int count, SemaphoreSlim room, CancellationTokenSource stop)
    {
        try
        {
            PartETag tag = await bucket.UploadPartAsync(key, uploadId, number, buffer, count, name, stop.Token);
            // Not where it failed: a broken connection may still be reading the buffer.
            ArrayPool<byte>.Shared.Return(buffer);
            return tag;
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref _failure, error, null);
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>By key, not by id: a beginning whose answer was lost has an id that nobody here knows.</summary>
    private async Task RemoveAsync()
    {
        using CancellationTokenSource limit = new(RemovalMax, time);
        try
        {
            foreach (MultipartUpload upload in await bucket.UploadsAsync(key, limit.Token))
                await bucket.AbortAsync(upload.Key, upload.UploadId, limit.Token);
            await bucket.DeleteAsync(key, limit.Token);
        }
        catch (Exception error) when (error is Engine.PenstockException or OperationCanceledException)
        {
            logger.LeftBehind(error, key);
        }
    }
}
