using Penstock.S3;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Xunit;

namespace Penstock.Tests.Server.Workspaces;

/// <summary>Section <c>artifacts</c>: what belongs together is asked for together, and the secret is never shown.</summary>
public sealed class ArtifactSettingsTests : IDisposable
{
    private const string Secret = "AbCd/secret+value";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Artifacts_are_in_the_folder_unless_something_else_is_said()
    {
        ArtifactSettings settings = Load("").Settings.Artifacts;
        Assert.Equal(("folder", null), (settings.Kind, settings.Endpoint));
    }

    [Fact]
    public void Everything_that_S3_needs_and_lacks_is_told_at_once()
    {
        ConfigInvalidException error = Assert.Throws<ConfigInvalidException>(() => Load("artifacts:\n  kind: s3\n  access_key_id: a\n  access_key_id_file: b\n  secret_key_file: nowhere\n"));
        Assert.Equal(
            [
                "penstock.yaml line 2: artifacts.endpoint is needed where artifacts.kind is s3, such as http://127.0.0.1:9000.",
                "penstock.yaml line 2: artifacts.bucket is needed where artifacts.kind is s3.",
                "penstock.yaml line 2: artifacts.access_key_id and artifacts.access_key_id_file are both set; take one out.",
            ],
            error.Problems.Take(3).Select(problem => problem.ToString()));
        Assert.StartsWith("penstock.yaml line 2: artifacts.secret_key_file is 'nowhere', which cannot be read: ", error.Problems[3].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_store_itself_would_refuse_is_refused_with_the_settings()
    {
        ConfigInvalidException error = Assert.Throws<ConfigInvalidException>(() => Load(
            $"artifacts:\n  kind: s3\n  endpoint: http://h:1/path\n  bucket: Not_One\n  access_key_id: a\n  secret_key: {Secret}\n"));
        Assert.Equal(2, error.Problems.Count);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_come_from_files_or_variables_and_a_secret_is_masked_wherever_settings_are_shown()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "key"), "me\n");
        EffectiveConfiguration configuration = Load(
            "artifacts:\n  kind: s3\n  endpoint: http://127.0.0.1:9000\n  bucket: files\n  access_key_id_file: key\n",
            new() { ["PENSTOCK_ARTIFACTS__SECRET_KEY"] = Secret });

        S3Options options = configuration.Settings.Artifacts.ToS3(Workspace.Open(_folder.Path));
        Assert.Equal(("me", Secret, "files", ""), (options.AccessKey, options.SecretKey, options.Bucket, options.Prefix));
        Assert.Equal(("***", "env PENSTOCK_ARTIFACTS__SECRET_KEY"), (configuration.Value("artifacts.secret_key").Value, configuration.Value("artifacts.secret_key").Origin));
        Assert.Null(Load("").Value("artifacts.secret_key").Value);
    }

    private EffectiveConfiguration Load(string yaml, Dictionary<string, string>? environment = null)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "penstock.yaml"), yaml);
        return EffectiveConfiguration.Load(Workspace.Open(_folder.Path), environment ?? [], []);
    }
}
