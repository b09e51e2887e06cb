using System.Net;
using Amazon.Runtime;
using Penstock.Engine;
using Penstock.Engine.Storage;

namespace Penstock.S3;

/// <summary>Every setting of the S3 store that cannot be used, at once.</summary>
public sealed class S3OptionsInvalidException(IReadOnlyList<string> problems) : PenstockException(
    "artifact-store-invalid", $"The S3 artifact store cannot be used as it is set: {string.Join(" ", problems)}");

/// <summary>No answer, or one that means "not now".</summary>
public sealed class S3UnreachableException(Uri endpoint, string reason, Exception inner) : PenstockException(
    "artifact-store-unreachable",
    $"The S3 server {endpoint} could not serve a request ({reason}). Is it running, and is the address right?", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
    public override bool MayRetry => true;
}

/// <summary>The server knows who asks, or refuses to, and does not allow it.</summary>
public sealed class S3DeniedException(Uri endpoint, string reason, Exception inner) : PenstockException(
    "artifact-store-denied",
    $"The S3 server {endpoint} refused a request: {reason}. Correct the keys, or let the key's owner read, write, list and delete in the bucket.", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

/// <summary>The bucket of the configuration is not there.</summary>
public sealed class S3BucketMissingException(Uri endpoint, string bucket, Exception inner) : PenstockException(
    "artifact-bucket-missing",
    $"The S3 server {endpoint} has no bucket '{bucket}'. Make it there, or name another one.", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

/// <summary>An answer that this program has no better words for.</summary>
public sealed class S3RefusedException(Uri endpoint, string reason, Exception inner) : PenstockException(
    "artifact-store-refused",
    $"The S3 server {endpoint} refused a request: {reason}. Look into its log; a wrong region or a server that lacks a feature ends here, too.", inner)
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}

/// <summary>More parts than S3 allows.</summary>
public sealed class ArtifactTooLargeException(string name, long limitBytes) : PenstockException(
    "artifact-too-large",
    $"'{name}' is larger than {limitBytes} bytes, which is all that fits into 10000 parts; nothing was kept. Raise the part size.")
{
    public override ErrorKind Kind => ErrorKind.TooLarge;
}

/// <summary>From what the client library throws to what a reader can act on.</summary>
internal static class S3Errors
{
    /// <param name="subject">The artifact or key that the request was about.</param>
    /// <returns>Null: not an error of the server or the way to it.</returns>
    public static PenstockException? Translate(Exception error, string subject, S3Options options) => error switch
    {
        PenstockException => null,
        AmazonServiceException answer when answer.StatusCode != 0 => FromAnswer(answer, subject, options),
        OperationCanceledException or TimeoutException =>
            new S3UnreachableException(options.Endpoint, $"no answer within {options.RequestTimeout.TotalSeconds:0} s", error),
        HttpRequestException or IOException or AmazonServiceException or AmazonClientException =>
            new S3UnreachableException(options.Endpoint, error.GetBaseException().Message, error),
        _ => null,
    };

    private static PenstockException FromAnswer(AmazonServiceException answer, string subject, S3Options options)
    {
        string reason = $"{answer.ErrorCode} ({(int)answer.StatusCode}) on '{subject}'";
        return (answer.ErrorCode, answer.StatusCode) switch
        {
            ("NoSuchBucket", _) => new S3BucketMissingException(options.Endpoint, options.Bucket, answer),
            ("QuotaExceeded" or "XMinioStorageFull" or "InsufficientStorage", _) or (_, HttpStatusCode.InsufficientStorage) =>
                new ArtifactStorageFullException(subject, answer),
            ("InvalidAccessKeyId", _) =>
                new S3DeniedException(options.Endpoint, $"it does not know the access key {options.AccessKey}", answer),
            ("SignatureDoesNotMatch", _) =>
                new S3DeniedException(options.Endpoint, $"the secret key does not belong to the access key {options.AccessKey}", answer),
            ("RequestTimeTooSkewed", _) =>
                new S3DeniedException(options.Endpoint, "its clock and the one of this machine are too far apart", answer),
            (_, HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) =>
                new S3DeniedException(options.Endpoint, $"{reason} with access key {options.AccessKey}", answer),
            ("RequestTimeout" or "SlowDown" or "Throttling" or "RequestLimitExceeded", _) => new S3UnreachableException(options.Endpoint, reason, answer),
            (_, HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError) => new S3UnreachableException(options.Endpoint, reason, answer),
            _ => new S3RefusedException(options.Endpoint, $"{reason}: {answer.Message}", answer),
        };
    }
}
