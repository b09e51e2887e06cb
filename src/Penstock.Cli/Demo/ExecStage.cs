using System.Text.Json;
using Penstock.Cli.Output;
using Penstock.Client;
using Penstock.Client.Jobs;
using Penstock.Proteins.Samples;
using Penstock.Server.Workspaces;

namespace Penstock.Cli.Demo;

/// <summary>The demonstration's optional stage that is a program of the system: the amino acid composition of the sample's proteins.</summary>
internal static class ExecStage
{
    public const string OperationName = "proteins.composition";

    private const string Script = "tools/composition.sh";
    private const string Resource = "composition.sh";

    private const string Entry = $$"""
          - name: {{OperationName}}
            kind: exec
            queue: proteins.exec
            summary: Amino acid composition, mass and hydropathy of every protein of a FASTA file.
            command: [sh, {{Script}}, "{input}", "{output}"]
            env: [PATH]
            timeout_seconds: 600
            exit_codes: {65: fail, 66: fail, 75: snooze}
        """;

    /// <summary>Puts the program and its operation into the workspace, once.</summary>
    public static void Install(Workspace workspace)
    {
        string script = Path.Combine(workspace.Root, Script);
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        using (Stream source = typeof(ExecStage).Assembly.GetManifestResourceStream(Resource)!)
        using (FileStream target = File.Create(script))
            source.CopyTo(target);
        OperationsText.Add(workspace, OperationName, Entry);
    }

    public static DemoStep Step(PenstockClient client, Workspace workspace, SampleFiles files) => new(
        "count amino acids with a program of the system",
        token => client.EnqueueAsync(
            new JobRequest(OperationName)
            {
                Payload = JsonSerializer.SerializeToElement(new { input = files.Fasta, output = Path.Combine(workspace.Root, "sample", "composition.tsv") }),
            },
            token),
        result => result.TryGetProperty("residues", out JsonElement residues) ? Words.Plural(residues.GetInt64(), "residue") : "");
}
