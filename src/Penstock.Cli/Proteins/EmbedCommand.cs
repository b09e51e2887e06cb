using System.CommandLine;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary><c>penstock proteins embed</c></summary>
internal static class EmbedCommand
{
    public static Command Create(CliContext cli)
    {
        Option<string?> model = new("--model") { Description = "Embedding configuration. Id, its end, or 'last'. Default: the newest, or a new built-in one.", HelpName = "ID" };
        Option<string?> queries = new("--query-set") { Description = "Only the sequences of a query set.", HelpName = "ID" };
        Option<string[]> accessions = new("--accession") { Description = "Only these proteins; may be repeated.", HelpName = "ACC" };
        Option<int> batch = new("--sequences-per-job") { Description = "Sequences in one unit of work. Default: 64.", HelpName = "N", DefaultValueFactory = _ => 64 };
        Option<bool> again = new("--again") { Description = "Also sequences that have an embedding already." };
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("embed", "Compute the vectors of sequences.", "penstock proteins embed --watch", "penstock proteins embed --query-set last --watch")
            .With(model, queries, accessions, batch, again, watch)
            .Does(cli, (run, cancellationToken) => LoadCommands.EnqueueAsync(run, run.Value(watch), "compute_embeddings", async (_, client) =>
            {
                Sets sets = new(client, cancellationToken);
                EmbeddingConfig config = await sets.ModelAsync(run.Value(model));
                Guid? querySet = run.Value(queries) is { } name ? (await sets.QueriesAsync(name)).Id : null;
                string[] only = run.Value(accessions) ?? [];
                return await client.ComputeEmbeddingsAsync(
                    new ComputeEmbeddingsRequest(config.Id, only.Length > 0 ? only : null, querySet, run.Value(batch), !run.Value(again)), cancellationToken);
            }, cancellationToken));
    }
}
