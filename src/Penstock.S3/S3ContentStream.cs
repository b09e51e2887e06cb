using System.Net.Http.Headers;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Storage;

namespace Penstock.S3;

/// <summary>Content as it comes from the server, counted and hashed on the way; goes on by itself where a connection breaks.</summary>
/// <remarks>
/// Read from its first byte to its last, it is whole: the last bytes are only given once the hash of all is right. After a seek only
/// the size is known to be right.
/// </remarks>
internal sealed class S3ContentStream(
    S3Bucket bucket, string key, Artifact artifact, S3Options options, TimeProvider time, ILogger logger) : Stream
{
    private const int BreaksMax = 5;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private GetObjectResponse? _response;
    private long _position;

    /// <summary>Where the open response is; less or more than the position after a seek.</summary>
    private long _responsePosition;
    private long _hashed;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => artifact.SizeBytes;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A position is not negative.");
    }

    /// <summary>Begins the download where the stream stands; false: there is no such object.</summary>
    /// <exception cref="ArtifactCorruptException">It has another size.</exception>
    public async Task<bool> TryBeginAsync(CancellationToken cancellationToken)
    {
        End();
        _response = await bucket.GetAsync(key, _position, artifact.Name, cancellationToken);
        if (_response is null)
            return false;
        _responsePosition = _position;
        long stored = _position == 0
            ? _response.ContentLength
            : ContentRangeHeaderValue.TryParse(_response.ContentRange, out ContentRangeHeaderValue? range) ? range.Length ?? -1 : -1;
        if (stored != Length)
            throw Corrupt($"it has {stored} bytes.");
        return true;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _position >= Length)
            return 0;
        int read = await ReadResumingAsync(buffer, cancellationToken);
        if (_position == _hashed)
        {
            _hash.AppendData(buffer.Span[..read]);
            _hashed += read;
            if (_hashed == Length)
                CheckHash();
        }
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // For readers that know no other way, such as a decompressor used without waiting.
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("An artifact is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An artifact is read only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>At least one byte, over as many connections as it takes.</summary>
    private async Task<int> ReadResumingAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (int breaks = 0; ; breaks++)
        {
            if ((_response is null || _responsePosition != _position) && !await TryBeginAsync(cancellationToken))
                throw Corrupt("there is none.");
            // The client's own limit ends with the headers.
            using CancellationTokenSource limit = new(options.RequestTimeout, time);
            using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                int read = await _response!.ResponseStream.ReadAsync(buffer, linked.Token);
                _responsePosition += read;
                return read > 0 ? read : throw new IOException($"the answer ended at byte {_position} of {Length}");
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && S3Errors.Translate(error, artifact.Name, options) is { } known)
            {
                End();
                if (breaks >= BreaksMax)
                    throw known;
                logger.Resumed(error, key, _position);
            }
            // The client waits between attempts to connect again, so there is no wait here.
        }
    }

    private void CheckHash()
    {
        string found = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (found != artifact.Sha256)
            throw Corrupt($"its SHA-256 is {found}.");
    }

    private ArtifactCorruptException Corrupt(string found) => new(
        artifact.Name, $"{Length} bytes with SHA-256 {artifact.Sha256} are expected in '{key}'; {found}");

    private void End()
    {
        try
        {
            _response?.Dispose();
        }
        catch (AmazonClientException)
        {
            // The client compares an MD5 of its own when the answer is closed, and throws over the error that says more.
        }
        _response = null;
    }
}
