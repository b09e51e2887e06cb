using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Penstock.S3;

/// <summary>The requests this store makes, each with the settings it needs; errors come out as Penstock's own.</summary>
/// <remarks>
/// The client repeats what failed on the way or at the server, with growing random waits. Every request here may be repeated:
/// writes carry their whole body and their key, and <see cref="CompleteAsync"/> looks for itself.
/// </remarks>
internal sealed class S3Bucket : IDisposable
{
    private readonly S3Options _options;
    private readonly TimeProvider _time;
    private readonly S3Connections _connections;
    private readonly AmazonS3Client _s3;

    public S3Bucket(S3Options options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _connections = new S3Connections(options);
        AmazonS3Config config = new()
        {
            HttpClientFactory = _connections,
            ServiceURL = options.Endpoint.ToString(),
            // An address of an environment variable or a profile must not take the place of the configured one.
            IgnoreConfiguredEndpointUrls = true,
            AuthenticationRegion = options.Region,
            // https://bucket.host needs a name and a certificate for each bucket, which servers of one's own rarely have.
            ForcePathStyle = true,
            // Otherwise the client adds checksums as trailers of a chunked body, which servers other than Amazon's refuse or,
            // worse, store as content. What arrives is checked twice without them: the signature covers the body's SHA-256,
            // and each put reads back what was stored.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.RetriesMax,
            Timeout = options.RequestTimeout,
        };
        _s3 = new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    public void Dispose()
    {
        _s3.Dispose();
        _connections.Dispose();
    }

    public Task PutAsync(string key, byte[] buffer, int count, string mediaType, string subject, CancellationToken cancellationToken) =>
        CallAsync(subject, ct => _s3.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = _options.Bucket,
                Key = key,
                InputStream = new MemoryStream(buffer, 0, count, writable: false),
                ContentType = mediaType,
                // Chunks carry framing of their own in the body; some servers store it as content and report success.
                UseChunkEncoding = false,
            },
            ct), cancellationToken);

    /// <summary>An object's content from a byte on; null: there is no such object.</summary>
    public Task<GetObjectResponse?> GetAsync(string key, long from, string subject, CancellationToken cancellationToken)
    {
        GetObjectRequest request = new() { BucketName = _options.Bucket, Key = key };
        if (from > 0)
            request.ByteRange = new ByteRange($"bytes={from}-");
        return CallAsync(subject, ct => OrNullAsync(() => _s3.GetObjectAsync(request, ct), "NoSuchKey"), cancellationToken);
    }

    /// <summary>A small object, whole; null: there is no such object.</summary>
    public Task<byte[]?> ReadAsync(string key, string subject, CancellationToken cancellationToken)
    {
        GetObjectRequest request = new() { BucketName = _options.Bucket, Key = key };
        return CallAsync(
            subject,
            async ct =>
            {
                // The client's own limit ends with the headers.
                using CancellationTokenSource limit = new(_options.RequestTimeout, _time);
                using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
                // Closing the answer compares an MD5, too, so that it belongs to the call.
                using GetObjectResponse? response = await OrNullAsync(() => _s3.GetObjectAsync(request, ct), "NoSuchKey");
                if (response is null)
                    return null;
                using MemoryStream content = new();
                await response.ResponseStream.CopyToAsync(content, linked.Token);
                return content.ToArray();
            },
            cancellationToken);
    }

    /// <summary>Size in bytes; null: no such object. Also null where there is no such bucket: the answer to HEAD has no words.</summary>
    public async Task<long?> SizeAsync(string key, string subject, CancellationToken cancellationToken) =>
        (await CallAsync(
            subject,
            ct => OrNullAsync(() => _s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = key }, ct), "NotFound", "NoSuchKey"),
            cancellationToken))?.ContentLength;

    /// <summary>Deleting what is not there succeeds.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        CallAsync(key, ct => _s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _options.Bucket, Key = key }, ct), cancellationToken);

    /// <summary>Objects by prefix in the order of their keys, a page at a time.</summary>
    public async IAsyncEnumerable<S3Object> ListAsync(
        string prefix, string? after, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListObjectsV2Request request = new() { BucketName = _options.Bucket, Prefix = prefix, StartAfter = after, MaxKeys = Math.Clamp(pageSize, 1, 1_000) };
        do
        {
            ListObjectsV2Response page = await CallAsync(prefix, ct => _s3.ListObjectsV2Async(request, ct), cancellationToken);
            // The client leaves a list that is empty null.
            foreach (S3Object found in page.S3Objects ?? [])
                yield return found;
            request.ContinuationToken = page.IsTruncated is true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public async Task<string> BeginAsync(string key, string subject, CancellationToken cancellationToken) =>
        (await CallAsync(
            subject,
            ct => _s3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = _options.Bucket, Key = key, ContentType = S3ArtifactStore.BlobMediaType }, ct),
            cancellationToken)).UploadId;

    public async Task<PartETag> UploadPartAsync(
        string key, string uploadId, int number, byte[] buffer, int count, string subject, CancellationToken cancellationToken)
    {
        UploadPartResponse response = await CallAsync(subject, ct => _s3.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = _options.Bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = number,
                PartSize = count,
                InputStream = new MemoryStream(buffer, 0, count, writable: false),
                // As with whole objects.
                UseChunkEncoding = false,
            },
            ct), cancellationToken);
        return new PartETag(number, response.ETag);
    }

    /// <summary>Makes the object out of its parts. Whose answer got lost finds, on repeating, that the upload is gone and the object there.</summary>
    public async Task CompleteAsync(
        string key, string uploadId, IReadOnlyList<PartETag> parts, long size, string subject, CancellationToken cancellationToken)
    {
        CompleteMultipartUploadRequest request = new() { BucketName = _options.Bucket, Key = key, UploadId = uploadId, PartETags = [.. parts] };
        CompleteMultipartUploadResponse? response = await CallAsync(
            subject, ct => OrNullAsync(() => _s3.CompleteMultipartUploadAsync(request, ct), "NoSuchUpload"), cancellationToken);
        if (response is null && await SizeAsync(key, subject, cancellationToken) != size)
            throw new S3RefusedException(_options.Endpoint, $"NoSuchUpload on '{subject}': its parts were removed while it was sent", new IOException(uploadId));
    }

    /// <summary>Forgets an upload and its parts; one that is gone already is forgotten.</summary>
    public Task AbortAsync(string key, string uploadId, CancellationToken cancellationToken) =>
        CallAsync(
            key,
            ct => OrNullAsync(() => _s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = key, UploadId = uploadId }, ct), "NoSuchUpload"),
            cancellationToken);

    /// <summary>Uploads that were begun and neither completed nor aborted.</summary>
    public async Task<IReadOnlyList<MultipartUpload>> UploadsAsync(string prefix, CancellationToken cancellationToken)
    {
        List<MultipartUpload> uploads = [];
        ListMultipartUploadsRequest request = new() { BucketName = _options.Bucket, Prefix = prefix };
        while (true)
        {
            ListMultipartUploadsResponse page = await CallAsync(prefix, ct => _s3.ListMultipartUploadsAsync(request, ct), cancellationToken);
            uploads.AddRange(page.MultipartUploads ?? []);
            if (page.IsTruncated is not true)
                return uploads;
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    /// <summary>Copies within the server; the content does not pass through here.</summary>
    public async Task CopyAsync(string from, string to, long size, string subject, CancellationToken cancellationToken)
    {
        if (size <= _options.CopyBytesMax)
        {
            CopyObjectRequest whole = new() { SourceBucket = _options.Bucket, SourceKey = from, DestinationBucket = _options.Bucket, DestinationKey = to };
            await CallAsync(subject, ct => _s3.CopyObjectAsync(whole, ct), cancellationToken);
            return;
        }
        string uploadId = await BeginAsync(to, subject, cancellationToken);
        try
        {
            List<PartETag> parts = [];
            for (long first = 0; first < size; first += _options.CopyBytesMax)
            {
                CopyPartRequest part = new()
                {
                    SourceBucket = _options.Bucket, SourceKey = from, DestinationBucket = _options.Bucket, DestinationKey = to,
                    UploadId = uploadId, PartNumber = parts.Count + 1,
                    FirstByte = first, LastByte = Math.Min(first + _options.CopyBytesMax, size) - 1,
                };
                CopyPartResponse response = await CallAsync(subject, ct => _s3.CopyPartAsync(part, ct), cancellationToken);
                parts.Add(new PartETag(part.PartNumber.Value, response.ETag));
            }
            await CompleteAsync(to, uploadId, parts, size, subject, cancellationToken);
        }
        catch
        {
            await AbortAsync(to, uploadId, CancellationToken.None);
            throw;
        }
    }

    /// <param name="fileName">What the download is called: as an attachment, for content must not run as a page.</param>
    public Task<string> PresignAsync(string key, DateTimeOffset expires, string mediaType, string fileName, string subject, CancellationToken cancellationToken) =>
        CallAsync(subject, _ => _s3.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = _options.Bucket,
            Key = key,
            Verb = HttpVerb.GET,
            Expires = expires.UtcDateTime,
            Protocol = _options.Endpoint.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
            ResponseHeaderOverrides = new ResponseHeaderOverrides { ContentType = mediaType, ContentDisposition = $"attachment; filename=\"{fileName}\"" },
        }), cancellationToken);

    private async Task<T> CallAsync<T>(string subject, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && S3Errors.Translate(error, subject, _options) is { } known)
        {
            throw known;
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && error is not OperationCanceledException)
        {
            // Breaking a request off shows as whatever the connection makes of it.
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
    }

    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> call, params string[] absentCodes) where T : class
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception answer) when (answer.StatusCode == HttpStatusCode.NotFound && absentCodes.Contains(answer.ErrorCode))
        {
            return null;
        }
    }
}
