using Penstock.S3;

namespace Penstock.Server.Workspaces.Configuration;

public sealed class ArtifactSettings
{
    [Setting("kind", "Where artifacts are kept: in data/artifacts, or in a bucket of an S3 server.", OneOf = ["folder", "s3"])]
    public string Kind { get; set; } = "folder";

    [Setting("endpoint", "Address of the S3 server.", IsUrl = true)]
    public string? Endpoint { get; set; }

    [Setting("region", "Region of the bucket; servers without regions take the default.")]
    public string Region { get; set; } = "us-east-1";

    [Setting("bucket", "The bucket; it must exist.")]
    public string? Bucket { get; set; }

    [Setting("prefix", "Begins every key, so that several workspaces can share a bucket.")]
    public string? Prefix { get; set; }

    [Setting("access_key_id", "Who this program is for the S3 server.")]
    public string? AccessKey { get; set; }

    [Setting("secret_key", "Proves it. Better in secret_key_file, or in the variable PENSTOCK_ARTIFACTS__SECRET_KEY.", IsSecret = true)]
    public string? SecretKey { get; set; }

    [Setting("access_key_id_file", "File with the access key; relative to the workspace. In place of access_key_id.")]
    public string? AccessKeyFile { get; set; }

    [Setting("secret_key_file", "File with the secret key; relative to the workspace. In place of secret_key.")]
    public string? SecretKeyFile { get; set; }

    [Setting("part_bytes", "Larger artifacts are sent in parts of this size, four at once; each put holds five in memory.", Min = S3Options.PartBytesMin, Max = S3Options.PartBytesMax)]
    public int PartBytes { get; set; } = 8 << 20;

    [Setting("presign_seconds", "How long an address for a direct download works.", Min = 1, Max = 604_800)]
    public TimeSpan PresignLifetime { get; set; } = TimeSpan.FromMinutes(15);

    [Setting("request_timeout_seconds", "Longest wait for one answer of the S3 server, or for more bytes of one.", Min = 1, Max = 3_600)]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    [Setting("max_retries", "How often a request is repeated that the S3 server did not answer or could not serve.", Min = 0, Max = 20)]
    public int RetriesMax { get; set; } = 5;

    internal bool AreOnS3 => Kind == "s3";

    /// <summary>What one setting cannot know: what others need, and whether files of secrets can be read.</summary>
    internal IEnumerable<(string Key, string Message)> Problems(Workspace workspace)
    {
        if (!AreOnS3)
            yield break;
        if (Endpoint is null)
            yield return ("artifacts.endpoint", "artifacts.endpoint is needed where artifacts.kind is s3, such as http://127.0.0.1:9000.");
        if (Bucket is null)
            yield return ("artifacts.bucket", "artifacts.bucket is needed where artifacts.kind is s3.");
        bool complete = Endpoint is not null && Bucket is not null;
        foreach ((string key, string? value, string? file) in ((string, string?, string?)[])[("access_key_id", AccessKey, AccessKeyFile), ("secret_key", SecretKey, SecretKeyFile)])
        {
            string? problem = (value, file) switch
            {
                (null, null) => $"artifacts.{key} or artifacts.{key}_file is needed where artifacts.kind is s3.",
                (not null, not null) => $"artifacts.{key} and artifacts.{key}_file are both set; take one out.",
                (null, not null) => SecretFile.Problem(workspace, file) is { } reason ? $"artifacts.{key}_file is '{file}', which cannot be read: {reason}" : null,
                _ => null,
            };
            if (problem is null)
                continue;
            complete = false;
            yield return ($"artifacts.{key}", problem);
        }
        foreach (string problem in complete ? ToS3(workspace).Problems() : [])
            yield return ("artifacts", $"artifacts: {problem}");
    }

    /// <summary>Only where there are no problems.</summary>
    internal S3Options ToS3(Workspace workspace) => new()
    {
        Endpoint = new Uri(Endpoint!),
        Region = Region,
        Bucket = Bucket!,
        Prefix = Prefix ?? "",
        AccessKey = AccessKey ?? SecretFile.Read(workspace, AccessKeyFile!),
        SecretKey = SecretKey ?? SecretFile.Read(workspace, SecretKeyFile!),
        PartBytes = PartBytes,
        PresignLifetime = PresignLifetime,
        RequestTimeout = RequestTimeout,
        RetriesMax = RetriesMax,
    };
}
