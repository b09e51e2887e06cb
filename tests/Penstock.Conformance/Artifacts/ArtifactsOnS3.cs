using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Engine;
using Penstock.Engine.Storage;
using Penstock.S3;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Artifacts;

/// <summary>The same contract against a real S3 server; each test has a bucket of its own.</summary>
public sealed class ArtifactsOnS3 : ArtifactConformance, IAsyncLifetime
{
    private S3ArtifactStore? _store;

    protected override IArtifactStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(S3Server.SkipReason is not null, S3Server.SkipReason ?? "");
        _store = New(await (await S3Server.GetAsync()).NewBucketAsync("conformance"));
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static S3ArtifactStore New(S3Options options) => new(
        options, TimeProvider.System, new IdGenerator(TimeProvider.System, new Random(options.Bucket.GetHashCode(StringComparison.Ordinal))),
        NullLogger<S3ArtifactStore>.Instance);
}
