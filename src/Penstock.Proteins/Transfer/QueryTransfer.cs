using System.Runtime.InteropServices;
using Penstock.Proteins.Scoring;

namespace Penstock.Proteins.Transfer;

/// <summary>The rows of one query under <see cref="TransferAccounting.DistinctReferences"/>.</summary>
internal sealed class QueryTransfer(ReferenceSet references, TransferOptions options, QueryNeighbours query)
{
    public IEnumerable<PredictionRow> Run()
    {
        ReferenceNeighbour[] distinct = [.. query.Lists.SelectMany(list => list.Neighbours).DistinctBy(neighbour => neighbour.Protein)];
        double? spread = options.ComputeFeatures ? Spread.Of(distinct.Select(neighbour => neighbour.Distance)) : null;
        Dictionary<string, int> frequency = options.ComputeFeatures ? CarriersOf(distinct, null) : [];
        foreach (NeighbourList list in query.Lists)
        {
            Dictionary<string, int> votes = options.ComputeFeatures ? CarriersOf(list.Neighbours, list) : [];
            var given = new HashSet<string>(StringComparer.Ordinal);
            for (int rank = 1; rank <= list.Neighbours.Length; rank++)
            {
                ReferenceNeighbour neighbour = list.Neighbours[rank - 1];
                int? density = options.ComputeFeatures ? TermCount(neighbour.Protein) : null;
                foreach (ReferenceAnnotation annotation in BestPerTerm(neighbour.Protein, list))
                {
                    if (!given.Add(annotation.GoId))
                        continue;
                    yield return new PredictionRow
                    {
                        ProteinAccession = query.Accession,
                        GoId = annotation.GoId,
                        Aspect = annotation.Aspect,
                        Distance = neighbour.Distance,
                        RefProteinAccession = references.Accession(neighbour.Protein),
                        Qualifier = annotation.Qualifier,
                        EvidenceCode = annotation.EvidenceCode,
                        VoteCount = options.ComputeFeatures ? votes[annotation.GoId] : null,
                        KPosition = options.ComputeFeatures ? rank : null,
                        GoTermFrequency = options.ComputeFeatures ? frequency[annotation.GoId] : null,
                        RefAnnotationDensity = density,
                        NeighborDistanceStd = spread,
                    };
                }
            }
        }
    }

    /// <summary>Each term of a protein once, in stored order of first mention, with its best evidence.</summary>
    private IEnumerable<ReferenceAnnotation> BestPerTerm(int protein, NeighbourList list)
    {
        var best = new OrderedDictionary<string, ReferenceAnnotation>(StringComparer.Ordinal);
        foreach (ReferenceAnnotation annotation in references.AnnotationsOf(protein))
        {
            if (!list.Gives(annotation))
                continue;
            if (!best.TryGetValue(annotation.GoId, out ReferenceAnnotation present))
                best.Add(annotation.GoId, annotation);
            else if (IsBetter(annotation, present))
                best[annotation.GoId] = annotation;
        }
        return best.Values;
    }

    private static bool IsBetter(in ReferenceAnnotation candidate, in ReferenceAnnotation present)
    {
        double weight = EvidenceWeights.Default.Of(candidate.EvidenceCode) - EvidenceWeights.Default.Of(present.EvidenceCode);
        if (weight != 0)
            return weight > 0;
        int code = string.CompareOrdinal(candidate.EvidenceCode, present.EvidenceCode);
        return code != 0 ? code < 0 : string.CompareOrdinal(candidate.Qualifier, present.Qualifier) < 0;
    }

    private Dictionary<string, int> CarriersOf(ReferenceNeighbour[] neighbours, NeighbourList? list)
    {
        var carriers = new Dictionary<string, int>(StringComparer.Ordinal);
        var terms = new HashSet<string>(StringComparer.Ordinal);
        foreach (ReferenceNeighbour neighbour in neighbours)
        {
            terms.Clear();
            foreach (ReferenceAnnotation annotation in references.AnnotationsOf(neighbour.Protein))
            {
                if ((list is null || list.Gives(annotation)) && terms.Add(annotation.GoId))
                    CollectionsMarshal.GetValueRefOrAddDefault(carriers, annotation.GoId, out _)++;
            }
        }
        return carriers;
    }

    private int TermCount(int protein)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        foreach (ReferenceAnnotation annotation in references.AnnotationsOf(protein))
            terms.Add(annotation.GoId);
        return terms.Count;
    }
}
