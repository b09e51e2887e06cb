using System.Text.Json;
using Penstock.Client;
using Penstock.Client.Jobs;
using Penstock.Client.Security;
using Xunit;

namespace Penstock.Tests.Client;

/// <summary>How JSON goes over the wire: strict in, exact out.</summary>
public sealed class WireFormTests
{
    [Fact]
    public void Names_are_snake_case_nulls_are_written_and_quotes_stay_readable()
    {
        string json = JsonSerializer.Serialize(new NewTokenRequest("Ada's", "viewer", null), PenstockJson.Options);
        Assert.Equal("""{"name":"Ada's","role":"viewer","expires_in_days":null}""", json);
    }

    [Fact]
    public void Instants_leave_as_UTC_whatever_offset_they_came_with()
    {
        JobRequest request = JsonSerializer.Deserialize<JobRequest>(
            """{"operation":"ping","run_at":"2026-03-01T14:30:00+02:00"}""", PenstockJson.Options)!;
        Assert.Equal(TimeSpan.Zero, request.RunAt!.Value.Offset);
        Assert.Contains("\"run_at\":\"2026-03-01T12:30:00Z\"", JsonSerializer.Serialize(request, PenstockJson.Options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"operation":"ping","priority":"5"}""")]
    [InlineData("""{"operation":"ping","priority":5.5}""")]
    [InlineData("""{"operation":"ping","run_at":1772366400}""")]
    [InlineData("""{"operation":null}""")]
    [InlineData("""{"priority":5}""")]
    [InlineData("""{"operation":"ping","operation":"pong"}""")]
    public void What_has_another_type_or_is_missing_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<JobRequest>(json, PenstockJson.Options));

    [Fact]
    public void Members_of_a_newer_version_are_skipped() =>
        Assert.Equal("ping", JsonSerializer.Deserialize<JobRequest>("""{"operation":"ping","colour":"blue"}""", PenstockJson.Options)!.Operation);

    [Theory]
    [InlineData(null, "/jobs")]
    [InlineData("a b&c=ü", "/jobs?q=a%20b%26c%3D%C3%BC")]
    [InlineData(true, "/jobs?q=true")]
    [InlineData(1.5, "/jobs?q=1.5")]
    public void A_query_is_escaped_and_leaves_nulls_out(object? value, string path) =>
        Assert.Equal(path, new ApiPath("/jobs").With("q", value).ToString());

    [Fact]
    public void A_name_with_slashes_stays_a_path() => Assert.Equal("sets/a%23b/c%20d", ApiPath.Escape("sets/a#b/c d"));
}
