using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Penstock.Client.Artifacts;
using Penstock.Client.Errors;
using Penstock.Server.Workspaces;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Files in and out.</summary>
public sealed class ArtifactEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_stored_listed_and_read_back_byte_for_byte()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        byte[] content = new byte[300_000];
        new Random(7).NextBytes(content);

        using MemoryStream upload = new(content);
        ArtifactView stored = await server.Admin.UploadArtifactAsync("sets/a b.bin".Replace(' ', '_'), upload, "application/x-test", Cancel);

        Assert.Equal(
            ("sets/a_b.bin", Convert.ToHexStringLower(SHA256.HashData(content)), 300_000L, "application/x-test"),
            (stored.Name, stored.Sha256, stored.SizeBytes, stored.MediaType));
        Assert.Equal([stored], await server.Admin.ArtifactsAsync("sets/", null, 10, Cancel));
        Assert.Empty(await server.Admin.ArtifactsAsync("sets/", "sets/a_b.bin", 10, Cancel));
        await using Stream back = await server.Admin.OpenArtifactAsync("sets/a_b.bin", Cancel);
        using MemoryStream read = new();
        await back.CopyToAsync(read, Cancel);
        Assert.Equal(content, read.ToArray());
    }

    [Fact]
    public async Task A_download_is_an_attachment_with_its_hash_as_tag_and_can_be_resumed()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using MemoryStream upload = new(Encoding.ASCII.GetBytes("0123456789<script>"));
        ArtifactView stored = await server.Admin.UploadArtifactAsync("page.html", upload, "text/html", Cancel);

        using HttpClient http = server.Http(LocalToken.TryRead(server.Workspace));
        using HttpRequestMessage request = new(HttpMethod.Get, "/artifacts/page.html");
        request.Headers.Range = new RangeHeaderValue(4, 6);
        using HttpResponseMessage response = await http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("456", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal($"\"{stored.Sha256}\"", response.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task A_store_in_a_folder_gives_the_file_itself_also_to_who_would_go_elsewhere_for_it()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using MemoryStream upload = new(Encoding.ASCII.GetBytes("here"));
        await server.Admin.UploadArtifactAsync("a/file", upload, "text/plain", Cancel);

        (int status, _, string body) = await server.SendAsync(HttpMethod.Get, "/artifacts/a/file?direct=true");
        Assert.Equal((200, "here"), (status, body));
    }

    [Theory]
    [InlineData("/artifacts/a//b")]
    [InlineData("/artifacts/a%2F..%2F..%2Fpenstock.db")]
    [InlineData("/artifacts/a%5Cb")]
    public async Task A_name_that_could_leave_the_store_is_refused(string path)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);

        (int put, ProblemView? problem, _) = await server.SendAsync(HttpMethod.Put, path, "x", "text/plain");
        Assert.Equal((400, "artifact-name-invalid"), (put, problem?.Code));
        (int get, ProblemView? read, _) = await server.SendAsync(HttpMethod.Get, path);
        Assert.Equal((400, "artifact-name-invalid"), (get, read?.Code));
    }
}
