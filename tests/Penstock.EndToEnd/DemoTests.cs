using System.Globalization;
using Penstock.EndToEnd.Processes;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>The first command a newcomer runs.</summary>
public sealed class DemoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_protein_demo_runs_to_its_evaluation_table()
    {
        string folder = Path.Combine(TestFolder.New(), "lab");
        CommandResult demo = await CommandResult.RunAsync(
            Path.GetDirectoryName(folder)!, Cancel, "demo", "proteins", folder, "--exit");
        Assert.True(demo.ExitCode == 0, demo.ToString());
        System.Console.WriteLine($"penstock demo proteins --exit: {demo.Took.TotalSeconds:F1} s");

        string[][] lines = [.. demo.Out.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        int head = Array.FindIndex(lines, line => line is ["SETTING", "ASPECT", "FMAX", ..]);
        Assert.True(head >= 0, demo.ToString());
        Assert.Equal(
            ["NK BPO", "NK MFO", "NK CCO", "LK BPO", "LK MFO", "LK CCO", "PK BPO", "PK MFO", "PK CCO"],
            lines.Skip(head + 1).Where(line => line.Length > 2).Select(line => $"{line[0]} {line[1]}"));
        Assert.All(
            lines.Skip(head + 1).Where(line => line.Length > 2),
            line => Assert.InRange(double.Parse(line[2], CultureInfo.InvariantCulture), 0.5, 1));
        StoredState stored = new(folder);
        Assert.Equal("ok", stored.Integrity());
        Assert.Equal(0, stored.Count("select count(*) from job where status <> 'succeeded'"));

        // A second run in the same workspace finds what is loaded and comes to the same table.
        CommandResult again = await CommandResult.RunAsync(folder, Cancel, "demo", "proteins", folder, "--exit");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(Table(demo.Out), Table(again.Out));
    }

    [Fact]
    public async Task The_demo_runs_a_program_of_the_system_as_a_stage_and_its_table_has_every_protein()
    {
        string folder = Path.Combine(TestFolder.New(), "lab");
        CommandResult demo = await CommandResult.RunAsync(
            Path.GetDirectoryName(folder)!, Cancel, "demo", "proteins", folder, "--exec-stage", "--exit");
        Assert.True(demo.ExitCode == 0, demo.ToString());

        string[] fasta = File.ReadAllLines(Path.Combine(folder, "sample", "sample.fasta"));
        string[][] table = [.. File.ReadLines(Path.Combine(folder, "sample", "composition.tsv")).Skip(1).Select(line => line.Split('\t'))];
        Assert.Equal(fasta.Count(line => line.StartsWith('>')), table.Length);
        Assert.Equal(fasta.Where(line => !line.StartsWith('>')).Sum(line => line.Length), table.Sum(row => int.Parse(row[1], CultureInfo.InvariantCulture)));
        // Every residue is counted under its letter, and a residue weighs 57 to 186 Da.
        Assert.All(table, row => Assert.Equal(int.Parse(row[1], CultureInfo.InvariantCulture), row.Skip(4).Sum(cell => int.Parse(cell, CultureInfo.InvariantCulture))));
        Assert.All(table, row => Assert.InRange(double.Parse(row[2], CultureInfo.InvariantCulture) / int.Parse(row[1], CultureInfo.InvariantCulture), 57, 187));
        Assert.Equal(1, new StoredState(folder).Count("select count(*) from job where operation = 'proteins.composition' and status = 'succeeded' and progress_current = 336"));
    }

    private static string Table(string output) => output[output.IndexOf("SETTING", StringComparison.Ordinal)..];
}
