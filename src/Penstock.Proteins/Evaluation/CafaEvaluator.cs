using Penstock.Proteins.Input;

namespace Penstock.Proteins.Evaluation;

/// <summary>Compares predicted annotations with the ground truth over a range of score thresholds, as CAFA does.</summary>
/// <remarks>
/// Semantics of CAFA-evaluator-PK; the unweighted and the weighted measures of all its options agree with it to rounding.
/// Where that program crashes (a known file or terms of interest without a term in a namespace) this one warns and goes on.
/// Work is proportional to predicted terms and their ancestors, not to proteins times terms times thresholds.
/// </remarks>
public sealed class CafaEvaluator(TimeProvider time)
{
    /// <summary>Evaluates every prediction file in every namespace of the ground truth.</summary>
    /// <exception cref="EvaluationException">An input cannot be read or used, or an option is out of range.</exception>
    public async Task<EvaluationTable> EvaluateAsync(
        EvaluationInputs inputs, EvaluationOptions options, CancellationToken cancellationToken)
    {
        ThresholdGrid thresholds = new(options.ThresholdStep);
        if (options.MaxTerms < 0)
            throw EvaluationException.MaxTermsInvalid(options.MaxTerms.Value);
        PhaseClock clock = new(time);

        Task<(Utf8Keys, List<double>)>? accretion = inputs.InformationAccretion is { } accretionFile
            ? Task.Run(() => clock.Measure("read accretion", () => TermValues.ReadAccretion(accretionFile)), cancellationToken)
            : null;
        EvaluationOntology ontology = await Task.Run(
            () => clock.Measure("read ontology", () => EvaluationOntology.Read(inputs.Ontology)), cancellationToken);
        if (accretion is not null)
            TermValues.SetAccretion(ontology, await accretion);

        List<string> warnings = [];
        (ProteinTerms truth, NamespaceTask?[] tasks) =
            clock.Measure("read ground truth", () => ReadTargets(inputs, options, ontology, warnings));
        TermResolver terms = new(ontology, ns => tasks[ns] is not null);
        PredictionReader reader = new(truth.Proteins, terms, tasks, thresholds);
        PredictedCells?[][] cells = await clock.MeasureAsync("read predictions", () => Task.WhenAll(inputs.Predictions.Select(
            file => Task.Run(() => reader.Read(file, cancellationToken), cancellationToken))));
        EvaluationCurve[] curves = clock.Measure(
            "score", () => Score(inputs, options, tasks, thresholds, cells, warnings, cancellationToken));
        if (cells.All(file => file.All(ns => ns is null)))
            throw EvaluationException.NothingPredicted(inputs.Predictions.Count);
        return new(curves, options.ThresholdStep, inputs.InformationAccretion is not null, warnings, clock.Phases);
    }

    private static (ProteinTerms Truth, NamespaceTask?[] Tasks) ReadTargets(
        EvaluationInputs inputs, EvaluationOptions options, EvaluationOntology ontology, List<string> warnings)
    {
        int namespaceCount = ontology.Namespaces.Count;
        TermResolver terms = new(ontology, _ => true);
        TermValues.SetInterest(ontology, terms, inputs.TermsOfInterest, options.NoOrphans);
        ProteinTerms truth = ProteinTerms.Read(inputs.GroundTruth, terms, namespaceCount, onlyProteins: null);
        if (truth.Pairs.All(pairs => pairs.Count == 0))
            throw EvaluationException.GroundTruthEmpty(inputs.GroundTruth.Name);
        ProteinTerms? known = inputs.Known is { } file
            ? ProteinTerms.Read(file, terms, namespaceCount, truth.Proteins)
            : null;

        NamespaceTask?[] tasks = new NamespaceTask?[namespaceCount];
        for (int ns = 0; ns < namespaceCount; ns++)
        {
            if (truth.Pairs[ns].Count == 0)
                continue;
            NamespaceTask task = NamespaceTask.Create(ontology, ns, truth, known);
            if (task.TargetCount > 0)
                tasks[ns] = task;
            else
                warnings.Add(
                    $"Namespace {task.Graph.Name} was left out: none of its {task.RowCount} proteins in " +
                    $"{inputs.GroundTruth.Name} has a term to find after the terms of interest and the known terms.");
        }
        return (truth, tasks);
    }

    private static EvaluationCurve[] Score(
        EvaluationInputs inputs,
        EvaluationOptions options,
        NamespaceTask?[] tasks,
        ThresholdGrid thresholds,
        PredictedCells?[][] cells,
        List<string> warnings,
        CancellationToken cancellationToken)
    {
        List<CurveWork> works = [];
        for (int file = 0; file < cells.Length; file++)
        {
            if (cells[file].All(ns => ns is null))
                warnings.Add($"Prediction file {inputs.Predictions[file].Name} was left out: it has no usable row.");
            for (int ns = 0; ns < tasks.Length; ns++)
            {
                if (tasks[ns] is { } task && cells[file][ns] is { } predicted)
                    works.Add(new(inputs.Predictions[file].Name, task, predicted));
            }
        }
        EvaluationCurve[] curves = new EvaluationCurve[works.Count];
        Parallel.For(
            0,
            works.Count,
            new ParallelOptions { CancellationToken = cancellationToken },
            i => curves[i] = works[i].Score(thresholds, options, cancellationToken));
        return curves;
    }
}
