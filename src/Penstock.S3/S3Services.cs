using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Engine;
using Penstock.Engine.Storage;

namespace Penstock.S3;

/// <summary>Artifacts on an S3 server.</summary>
public static class S3Services
{
    /// <summary>Keeps artifacts in a bucket, in place of a folder.</summary>
    /// <exception cref="S3OptionsInvalidException"/>
    public static PenstockBuilder UseS3Artifacts(this PenstockBuilder builder, S3Options options)
    {
        options.Check();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<S3ArtifactStore>();
        builder.Services.Replace(ServiceDescriptor.Singleton<IArtifactStore>(provider => provider.GetRequiredService<S3ArtifactStore>()));
        return builder.AddOperation<SweepArtifacts>(
            SweepArtifacts.OperationName, SweepArtifacts.QueueName, "Removes from the S3 store what no artifact needs.");
    }
}
