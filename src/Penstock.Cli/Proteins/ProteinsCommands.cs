using System.CommandLine;

namespace Penstock.Cli.Proteins;

/// <summary><c>penstock proteins</c>: the protein function pipeline, from files to evaluated predictions.</summary>
internal static class ProteinsCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("proteins", "Load ontologies, proteins and annotations; embed, predict, evaluate; annotate sequences.",
                "penstock proteins load-ontology go-basic.obo --watch",
                "penstock proteins load-proteins uniprot_sprot.fasta.gz --watch",
                "penstock proteins load-goa goa_human.gaf.gz --source-version 2024-04 --watch",
                "penstock proteins embed --watch",
                "penstock proteins annotate my.fasta --watch")
        {
            Remarks = "Where a command needs an ontology, an annotation set, a model or a prediction set and none is named, it takes the newest. " +
                "Sets are named by id, by the end of it as 'penstock proteins status' shows, or by 'last'.",
        }
            .With([
                StatusCommand.Create(cli), .. LoadCommands.All(cli), QuerySetCommands.Create(cli), EmbedCommand.Create(cli),
                PredictCommand.Create(cli), .. EvaluateCommands.All(cli), AnnotateCommand.Create(cli), .. LookupCommands.All(cli),
                DownloadCommands.Create(cli),
            ]);

    public static Option<bool> WatchOption() => new("--watch", "-w") { Description = "Follow the job to its end; the exit code is that of the job." };
}
