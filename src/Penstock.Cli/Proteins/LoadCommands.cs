using System.CommandLine;
using Penstock.Cli.Commands;
using Penstock.Cli.Connection;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary>The commands that fill the catalogue: ontologies, proteins, annotations.</summary>
internal static class LoadCommands
{
    public static IEnumerable<Command> All(CliContext cli) => [Ontology(cli), Proteins(cli), Goa(cli)];

    private static Argument<string> SourceArgument(string what) =>
        new("SOURCE") { Description = $"{what}: a file, an http(s) address, or artifact:NAME; gzip is recognised." };

    private static CliCommand Ontology(CliContext cli)
    {
        Argument<string> source = SourceArgument("OBO");
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("load-ontology", "Load a version of the Gene Ontology.",
                "penstock proteins load-ontology go-basic.obo --watch", "penstock proteins load-ontology https://purl.obolibrary.org/obo/go/go-basic.obo")
            .With(source, watch)
            .Does(cli, (run, cancellationToken) => EnqueueAsync(run, run.Value(watch), "load_ontology_snapshot", async (connection, client) =>
                await client.LoadOntologyAsync(
                    new LoadOntologyRequest(await SourceFile.ProvideAsync(run, connection, run.Required(source), cancellationToken)), cancellationToken),
                cancellationToken));
    }

    private static CliCommand Proteins(CliContext cli)
    {
        Argument<string?> source = new("SOURCE") { Description = "FASTA of UniProt: a file, an http(s) address, or artifact:NAME; gzip is recognised.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> search = new("--search") { Description = "Fetch from UniProt by a query instead.", HelpName = "QUERY" };
        Option<int?> limit = new("--limit") { Description = "At most this many proteins.", HelpName = "N" };
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("load-proteins", "Load proteins with their sequences, from FASTA or from UniProt.",
                "penstock proteins load-proteins uniprot_sprot.fasta.gz --watch",
                "penstock proteins load-proteins --search 'organism_id:9606 AND reviewed:true' --watch")
            .With(source, search, limit, watch)
            .Does(cli, (run, cancellationToken) =>
            {
                if (run.Value(source) is null == run.Value(search) is null)
                    throw new UsageException("Give a FASTA file, or --search with a UniProt query.");
                return EnqueueAsync(run, run.Value(watch), "insert_proteins", async (connection, client) => await client.InsertProteinsAsync(
                    new InsertProteinsRequest(
                        run.Value(search),
                        run.Value(source) is { } file ? await SourceFile.ProvideAsync(run, connection, file, cancellationToken) : null,
                        TotalLimit: run.Value(limit)),
                    cancellationToken), cancellationToken);
            });
    }

    private static CliCommand Goa(CliContext cli)
    {
        Argument<string> source = SourceArgument("GAF");
        Option<string> version = new("--source-version") { Description = "Name of the release, as in 2024-04.", HelpName = "V", Required = true };
        Option<string?> ontology = new("--ontology") { Description = $"Ontology the terms are of. {Sets.NameHelp}", HelpName = "ID" };
        Option<bool> compat = new("--protea-compat") { Description = "Keep PROTEA's accounting, for comparing numbers with it." };
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("load-goa", "Load GO annotations of the loaded proteins from a GAF file.",
                "penstock proteins load-goa goa_human.gaf.gz --source-version 2024-04 --watch")
            .With(source, version, ontology, compat, watch)
            .Does(cli, (run, cancellationToken) => EnqueueAsync(run, run.Value(watch), "load_goa_annotations", async (connection, client) =>
            {
                OntologySnapshot snapshot = await new Sets(client, cancellationToken).OntologyAsync(run.Value(ontology));
                string gaf = await SourceFile.ProvideAsync(run, connection, run.Required(source), cancellationToken);
                return await client.LoadGoaAsync(new LoadGoaRequest(snapshot.Id, gaf, run.Value(version)!, ProteaCompat: run.Value(compat)), cancellationToken);
            }, cancellationToken));
    }

    /// <summary>Connects, asks for a job, and watches it or says how to.</summary>
    public static async Task<int> EnqueueAsync(
        CommandRun run, bool watch, string operation, Func<ServerConnection, ProteinsClient, Task<QueuedJob>> enqueue, CancellationToken cancellationToken)
    {
        await using ServerConnection connection = await run.ConnectAsync(cancellationToken, watch ? Workers.Run : Workers.None);
        QueuedJob queued = await enqueue(connection, new ProteinsClient(connection.Client));
        return await EnqueueCommand.EnqueuedAsync(run, connection, queued, operation, watch, cancellationToken);
    }
}
