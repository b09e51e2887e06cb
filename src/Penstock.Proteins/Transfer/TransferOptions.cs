namespace Penstock.Proteins.Transfer;

/// <summary>How GO terms pass from neighbours to a query.</summary>
/// <param name="LimitPerEntry">Neighbours per query, and per aspect if these are searched apart; at least 1.</param>
/// <param name="DistanceThreshold">Neighbours farther away give nothing; null for no limit.</param>
/// <param name="AspectSeparated">Search P, F and C apart, each among the proteins annotated in it, so that every aspect has
/// its own k neighbours. Otherwise one search gives the terms of all aspects.</param>
/// <param name="ExcludeSelf">Leave out the reference with the query's own accession, which sits at distance 0 and would
/// hand a query its own annotations.</param>
/// <param name="ComputeFeatures">Fill the five columns of votes, rank, frequency, density and spread.</param>
public sealed record TransferOptions(
    int LimitPerEntry = 5,
    double? DistanceThreshold = null,
    bool AspectSeparated = true,
    bool ExcludeSelf = false,
    TransferAccounting Accounting = TransferAccounting.DistinctReferences,
    bool ComputeFeatures = true,
    int DegreeOfParallelism = 1);
