namespace Penstock.S3;

/// <summary>Where the S3 server is, who this program is there, and how it is used.</summary>
/// <remarks>No record: its text must not show the secret key.</remarks>
public sealed class S3Options
{
    /// <summary>Smallest part S3 takes, except the last of an object.</summary>
    public const int PartBytesMin = 5 << 20;
    public const int PartBytesMax = 256 << 20;

    /// <summary>Scheme, host and port, such as <c>https://s3.eu-central-1.amazonaws.com</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Part of every signature. Default <c>us-east-1</c>, which servers without regions expect.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>It must exist; making buckets is an administrator's decision.</summary>
    public required string Bucket { get; init; }

    /// <summary>Begins every key, so that several workspaces can share a bucket: <c>lab/penstock/</c>. Default: nothing.</summary>
    public string Prefix { get; init; } = "";

    public required string AccessKey { get; init; }

    public required string SecretKey { get; init; }

    /// <summary>Larger artifacts are sent in parts of this size. Default 8 MiB, 5 to 256 MiB. An artifact has at most 10 000 parts.</summary>
    public int PartBytes { get; init; } = 8 << 20;

    /// <summary>Parts of one artifact in flight. Default 4, 1 to 16. A put holds at most one part more than this in memory.</summary>
    public int PartsAtOnce { get; init; } = 4;

    /// <summary>How long an address for downloads works. Default 15 minutes, 1 s to 7 days.</summary>
    public TimeSpan PresignLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest wait for one answer, or for more bytes of one. Default 60 s, 1 s to 1 hour.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is repeated that the server did not answer or could not serve; with growing random waits. Default 5, 0 to 20.</summary>
    public int RetriesMax { get; init; } = 5;

    /// <summary>Larger objects are copied in parts of this size, since S3 copies at most 5 GiB at once.</summary>
    internal long CopyBytesMax { get; init; } = 1L << 30;

    /// <summary>Whole sentences about what is wrong; empty: it can be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https") || Endpoint.AbsolutePath != "/")
            yield return $"endpoint is '{Endpoint}'; an address without a path is needed, such as https://s3.example.org or http://127.0.0.1:9000.";
        if (Bucket.Length is < 3 or > 63 || !Bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-'))
            yield return $"bucket is '{Bucket}'; 3 to 63 lower-case letters, digits, dots and dashes are needed.";
        if (Prefix.Length > 200 || Prefix.StartsWith('/') || !Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/'))
            yield return $"prefix is '{Prefix}'; up to 200 letters, digits and . - _ / are needed, not beginning with a slash.";
        if (string.IsNullOrWhiteSpace(Region))
            yield return "region is empty; servers without regions take us-east-1.";
        if (string.IsNullOrWhiteSpace(AccessKey))
            yield return "the access key is missing.";
        if (string.IsNullOrWhiteSpace(SecretKey))
            yield return "the secret key is missing.";
        if (PartBytes is < PartBytesMin or > PartBytesMax)
            yield return $"part size is {PartBytes} bytes; {PartBytesMin} to {PartBytesMax} is needed.";
        if (PartsAtOnce is < 1 or > 16)
            yield return $"{PartsAtOnce} parts at once; 1 to 16 is needed.";
        if (PresignLifetime < TimeSpan.FromSeconds(1) || PresignLifetime > TimeSpan.FromDays(7))
            yield return $"presigned addresses live for {PresignLifetime.TotalSeconds} s; 1 s to 7 days is needed.";
        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromHours(1))
            yield return $"the request timeout is {RequestTimeout.TotalSeconds} s; 1 to 3600 is needed.";
        if (RetriesMax is < 0 or > 20)
            yield return $"{RetriesMax} retries; 0 to 20 is needed.";
    }

    /// <exception cref="S3OptionsInvalidException">With everything that is wrong.</exception>
    public void Check()
    {
        List<string> problems = [.. Problems()];
        if (problems.Count > 0)
            throw new S3OptionsInvalidException(problems);
    }
}
