using Penstock.Proteins.Input;

namespace Penstock.Proteins.Evaluation;

/// <summary>The files of an evaluation, each compressed or not.</summary>
/// <param name="Ontology">OBO.</param>
/// <param name="GroundTruth">Protein and term, separated by white space; further columns are ignored.</param>
/// <param name="Predictions">Protein, term and score; the name of each becomes the <c>filename</c> of its rows.</param>
public sealed record EvaluationInputs(
    InputFile Ontology, InputFile GroundTruth, IReadOnlyList<InputFile> Predictions)
{
    /// <summary>Term and information accretion; null: no weighted measures.</summary>
    public InputFile? InformationAccretion { get; init; }

    /// <summary>Protein and term known before the prediction; left out of that protein's evaluation (partial knowledge).</summary>
    public InputFile? Known { get; init; }

    /// <summary>Terms to evaluate, one a line; null: all.</summary>
    public InputFile? TermsOfInterest { get; init; }

    /// <summary>All files below a folder, named by their path in it with <c>_</c> between folders, in ordinal order.</summary>
    public static IReadOnlyList<InputFile> PredictionsIn(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => InputFile.AtPath(path, NameIn(folder, path))),
    ];

    private static string NameIn(string folder, string path) =>
        InputFile.WithoutGzipSuffix(Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '_'));
}
