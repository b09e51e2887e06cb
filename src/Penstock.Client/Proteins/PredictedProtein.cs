namespace Penstock.Client.Proteins;

/// <summary>A query protein with predictions.</summary>
/// <param name="GoCount">Predicted terms.</param>
/// <param name="MinDistance">Of its nearest reference, four decimals.</param>
/// <param name="AnnotationCount">Terms it has in the reference annotations.</param>
/// <param name="MatchCount">Predicted terms among them.</param>
/// <param name="InDb">A protein of that accession is stored.</param>
public sealed record PredictedProtein(
    string Accession, long GoCount, double MinDistance, long AnnotationCount, long MatchCount, bool InDb);
