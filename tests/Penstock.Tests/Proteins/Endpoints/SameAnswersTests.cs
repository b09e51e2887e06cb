using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Penstock.Tests.Proteins.Endpoints;

/// <summary>From the load of an ontology to measured predictions, both databases answer every request alike, to the last digit.</summary>
public sealed partial class SameAnswersTests
{
    [Fact]
    public async Task Every_answer_is_the_same_on_SQLite_and_on_PostgreSQL()
    {
        List<(string Question, string Answer)> served = await AnswersAsync(PostgresBackend.Use);
        List<(string Question, string Answer)> embedded = await AnswersAsync(null);
        Assert.Equal(embedded.Select(a => a.Question), served.Select(a => a.Question));
        foreach (((string question, string expected), (_, string found)) in embedded.Zip(served))
            Assert.True(expected == found, $"{question}\nSQLite:     {expected}\nPostgreSQL: {found}");
        Assert.True(embedded.Sum(a => a.Answer.Length) > 100_000, "The answers hold less than the pipeline makes.");
    }

    private static async Task<List<(string Question, string Answer)>> AnswersAsync(Action<IServiceCollection>? backend)
    {
        await using ProteinServer server = await ProteinServer.StartAsync(backend);
        Answers answers = new(server);
        SampleWalk walk = await SampleWalk.MakeAsync(server, job => answers.Note($"{job.Operation}", $"{job.Result}"));
        foreach (string path in walk.Paths())
            await answers.AskAsync(path);
        await walk.DeleteAsync(server);
        foreach (string path in walk.Paths())
            await answers.AskAsync(path);
        return answers.All;
    }

    /// <summary>What a server said, without what differs from run to run: ids, times, durations, its folder.</summary>
    private sealed class Answers(ProteinServer server)
    {
        private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

        public List<(string Question, string Answer)> All { get; } = [];

        public void Note(string question, string answer) => All.Add((Plain(question), Plain(answer)));

        public async Task AskAsync(string path)
        {
            (int status, _, string body) = await server.Server.SendAsync(HttpMethod.Get, path);
            Note(path, $"{status} {(body.StartsWith('[') || body.StartsWith('{') ? Ordered(body) : body)}");
        }

        private string Plain(string text)
        {
            text = text.Replace(server.Server.Workspace.Root, "", StringComparison.Ordinal);
            text = Varying().Replace(text, "");
            return Id().Replace(text, id => _ids.TryGetValue(id.Value, out string? known) ? known : _ids[id.Value] = $"id-{_ids.Count}");
        }

        /// <summary>Indented, so that a difference is a line.</summary>
        private static string Ordered(string json) =>
            Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<JsonElement>(json), Indented));

        private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex("""
        "(elapsed_seconds|trace_id|created_at|loaded_at|instance)": ?("[^"]*"|[0-9.eE+-]+)
        """)]
    private static partial Regex Varying();
}
