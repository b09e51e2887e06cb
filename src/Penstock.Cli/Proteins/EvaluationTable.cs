using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Proteins;
using Spectre.Console;

namespace Penstock.Cli.Proteins;

/// <summary>How a prediction set fares, one line for each setting and aspect.</summary>
internal static class EvaluationTable
{
    private static readonly string[] Settings = ["NK", "LK", "PK"];
    private static readonly string[] Aspects = ["BPO", "MFO", "CCO"];

    public static void Print(CommandRun run, EvaluationResult result)
    {
        List<Row> rows = [.. from setting in Settings
                             where result.Results.ContainsKey(setting)
                             from aspect in Aspects
                             where result.Results[setting].ContainsKey(aspect)
                             select new Row(setting, aspect, result.Results[setting][aspect])];
        run.Terminal.Line($"[bold]evaluation {JobIds.Short(result.Id)}[/] of predictions {JobIds.Short(result.PredictionSetId)}" +
            $"  [dim]{(result.IaUsed ? "weighted by information accretion" : "unweighted")}[/]");
        run.Terminal.Print(rows, "No setting had targets.",
            new Column<Row>("SETTING", row => row.Setting),
            new Column<Row>("ASPECT", row => row.Aspect),
            new Column<Row>("FMAX", row => $"{row.Numbers.Fmax:0.0000}") { RightAligned = true, Style = _ => "bold" },
            new Column<Row>("TAU", row => $"{row.Numbers.Tau:0.00}") { RightAligned = true },
            new Column<Row>("PRECISION", row => $"{row.Numbers.Precision:0.000}") { RightAligned = true },
            new Column<Row>("RECALL", row => $"{row.Numbers.Recall:0.000}") { RightAligned = true },
            new Column<Row>("COVERAGE", row => $"{row.Numbers.Coverage:0.000}") { RightAligned = true },
            new Column<Row>("SMIN", row => (row.Numbers.WeightedS ?? row.Numbers.S) is { } s ? $"{s.Value:0.00}" : "") { RightAligned = true, DropOrder = 1 },
            new Column<Row>("TARGETS", row => Words.Count(row.Numbers.NTargets)) { RightAligned = true });
        foreach (string warning in result.Warnings)
            run.Terminal.Line($"[yellow]![/] {Markup.Escape(warning)}");
    }

    private sealed record Row(string Setting, string Aspect, AspectResult Numbers);
}
