namespace Penstock.Proteins.Transfer;

/// <summary>How evidence is chosen and the features of a prediction are counted.</summary>
public enum TransferAccounting
{
    /// <summary>
    /// Per query, over distinct reference proteins; the same however queries are put into batches.
    /// Evidence: the code of the nearest carrier with the highest default weight, then the first in the alphabet.
    /// <c>vote_count</c>: neighbours (of the term's aspect) that carry the term.
    /// <c>go_term_frequency</c>: distinct neighbours of any aspect that carry it.
    /// <c>ref_annotation_density</c>: distinct terms of the reference.
    /// <c>neighbor_distance_std</c>: over the distinct neighbours of all aspects.
    /// </summary>
    DistinctReferences,

    /// <summary>
    /// What PROTEA 0.3 counts. Evidence: the first stored. <c>vote_count</c>: annotation rows of the term among the
    /// neighbours, so a neighbour with two codes votes twice. <c>go_term_frequency</c>: annotation rows of the term among
    /// all neighbours of the batch. <c>ref_annotation_density</c>: annotation rows of the reference over the aspects
    /// processed so far. <c>neighbor_distance_std</c>: over the lists of all aspects, repetitions included.
    /// </summary>
    ProteaCompat,
}
