using Penstock.S3;
using Penstock.Testing;
using Penstock.Testing.Servers;

namespace Penstock.EndToEnd.Processes;

/// <summary>PostgreSQL and S3 as several workspaces name them.</summary>
internal static class SharedServers
{
    /// <param name="name">Of a database made for the test, with a role of its own.</param>
    /// <returns>The lines of penstock.yaml for a new database and a new bucket.</returns>
    public static async Task<string> ConfigurationAsync(string name)
    {
        S3Options bucket = await (await S3Server.GetAsync()).NewBucketAsync();
        PostgresServer.Shared.NewDatabase(name, $"penstock_of_{name}");
        return $"""
            store:
              kind: postgres
              url: postgresql://penstock_of_{name}@127.0.0.1:{PostgresServer.Shared.Port}/{name}
            artifacts:
              kind: s3
              endpoint: {bucket.Endpoint}
              bucket: {bucket.Bucket}
              access_key_id: {bucket.AccessKey}
              secret_key: {bucket.SecretKey}

            """;
    }
}
