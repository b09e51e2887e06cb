using System.Text.Json;
using Penstock.Client;
using Penstock.Engine.Storage;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Input;
using Penstock.Proteins.Storage;
using Penstock.Proteins.Transfer;

namespace Penstock.Proteins.Operations;

/// <summary>Writes the files an evaluation reads and leaves.</summary>
internal sealed class EvaluationWriter(PredictionCatalog predictions, IArtifactStore artifacts)
{
    private static readonly EvaluationMetric[] WeightedMetrics = [EvaluationMetric.FWeighted, EvaluationMetric.FMicroWeighted, EvaluationMetric.SWeighted];

    private static readonly EvaluationMetric[] PlainMetrics = [EvaluationMetric.F, EvaluationMetric.FMicro, EvaluationMetric.S];

    public static string PrefixOf(Guid resultId) => $"proteins/evaluations/{resultId}";

    public static string CurvesName(Guid resultId) => $"{PrefixOf(resultId)}/curves.json";

    public static InputFile PairsFile(string name, IReadOnlyList<ProteinTerm> pairs)
    {
        using MemoryStream content = new();
        using (StreamWriter writer = new(content, leaveOpen: true))
            AnnotationDelta.WriteTsv(pairs, writer);
        return InputFile.FromBytes(name, content.ToArray());
    }

    /// <summary>Protein, term, score: the best score of each pair, of the proteins wanted.</summary>
    public async Task<InputFile> PredictionsAsync(
        string name, Guid predictionSetId, PredictionFilter filter, Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        List<PredictionRow> rows = [];
        await predictions.ReadRowsAsync(
            predictionSetId, filter,
            (row, _) =>
            {
                if (wanted(row.ProteinAccession))
                    rows.Add(row);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        using MemoryStream content = new();
        await using (StreamWriter writer = new(content, leaveOpen: true))
            await CafaTsv.WriteAsync(writer, rows, CafaTsv.ScoreOf, cancellationToken);
        return InputFile.FromBytes(name, content.ToArray());
    }

    /// <summary>Stores the tables of each setting and the curves of all.</summary>
    /// <returns>Names of the tables.</returns>
    public async Task<IReadOnlyList<string>> StoreAsync(
        string prefix, IReadOnlyList<EvaluatedSetting> evaluated, CancellationToken cancellationToken)
    {
        List<string> names = [];
        foreach (EvaluatedSetting setting in evaluated)
        {
            names.Add(await StoreTsvAsync(
                $"{prefix}/{setting.Setting}/evaluation_all.tsv", writer => EvaluationTsv.WriteAll(setting.Table, writer), cancellationToken));
            foreach (EvaluationMetric metric in setting.Table.IsWeighted ? [.. PlainMetrics, .. WeightedMetrics] : PlainMetrics)
                names.Add(await StoreTsvAsync(
                    $"{prefix}/{setting.Setting}/{EvaluationTsv.FileNameOf(metric)}",
                    writer => EvaluationTsv.WriteBest(setting.Table, metric, writer), cancellationToken));
        }
        using MemoryStream curves = new(JsonSerializer.SerializeToUtf8Bytes(EvaluationSummary.CurvesOf(evaluated), PenstockJson.Options));
        await artifacts.PutAsync($"{prefix}/curves.json", curves, "application/json", cancellationToken);
        return names;
    }

    private async Task<string> StoreTsvAsync(string name, Action<TextWriter> write, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        await using (StreamWriter writer = new(content, leaveOpen: true))
            write(writer);
        content.Position = 0;
        await artifacts.PutAsync(name, content, "text/tab-separated-values", cancellationToken);
        return name;
    }
}
