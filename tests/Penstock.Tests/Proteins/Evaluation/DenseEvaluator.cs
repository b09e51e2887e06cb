using Penstock.Proteins.Evaluation;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>The definition of the evaluator, slowly: every protein, term and threshold in full tables, one namespace.</summary>
internal sealed class DenseEvaluator(int termCount, IReadOnlyCollection<(int Child, int Parent)> edges)
{
    public required IReadOnlyDictionary<string, HashSet<int>> Truth { get; init; }

    public required IReadOnlyList<(string Protein, int Term, double Score)> Predictions { get; init; }

    public IReadOnlyDictionary<string, HashSet<int>>? Known { get; init; }

    public IReadOnlySet<int>? Interest { get; init; }

    public double[]? Accretion { get; init; }

    public List<EvaluationPoint> Evaluate(EvaluationOptions options)
    {
        Dictionary<string, double[]> scores = Truth.Keys.ToDictionary(p => p, p => Propagated(OwnScores(p, options), options));
        bool[] plain = new bool[termCount];
        bool[] weighted = new bool[termCount];
        for (int term = 0; term < termCount; term++)
        {
            bool isListed = Interest is null || Interest.Contains(term);
            plain[term] = isListed && (!options.NoOrphans || edges.Any(edge => edge.Child == term));
            weighted[term] = isListed && Accretion is not null && Accretion[term] > 0;
        }
        List<EvaluationPoint> points = [];
        int count = (int)Math.Ceiling((1 - options.ThresholdStep) / options.ThresholdStep);
        for (int i = 0; i < count; i++)
        {
            double tau = options.ThresholdStep + (i * options.ThresholdStep);
            ThresholdMetrics own = At(tau, plain, _ => 1, scores, options);
            if (own.N > 0)
                points.Add(new(tau, own, Accretion is null ? null : At(tau, weighted, t => Accretion[t], scores, options)));
        }
        return points;
    }

    private ThresholdMetrics At(
        double tau, bool[] isIn, Func<int, double> weight, Dictionary<string, double[]> scores, EvaluationOptions options)
    {
        double n = 0, tp = 0, fp = 0, fn = 0, pr = 0, rc = 0, targets = 0;
        foreach ((string protein, HashSet<int> own) in Truth)
        {
            HashSet<int> truth = WithAncestors(own);
            if (!truth.Any(term => isIn[term]))
                continue;
            HashSet<int> known = Known is not null && Known.TryGetValue(protein, out HashSet<int>? k) ? WithAncestors(k) : [];
            double rowTp = 0, rowFp = 0, rowFn = 0;
            for (int term = 0; term < termCount; term++)
            {
                if (!isIn[term] || known.Contains(term))
                    continue;
                bool isActive = scores[protein][term] >= tau;
                if (isActive && truth.Contains(term))
                    rowTp += weight(term);
                else if (isActive)
                    rowFp += weight(term);
                else if (truth.Contains(term))
                    rowFn += weight(term);
            }
            bool isTarget = truth.Any(term => isIn[term] && !known.Contains(term));
            targets += isTarget ? 1 : 0;
            n += rowTp + rowFp > 0 && (isTarget || options.PkCoverage == PkCoverage.Reference) ? 1 : 0;
            (tp, fp, fn) = (tp + rowTp, fp + rowFp, fn + rowFn);
            pr += rowTp + rowFp > 0 ? rowTp / (rowTp + rowFp) : 0;
            rc += rowTp + rowFn > 0 ? rowTp / (rowTp + rowFn) : 0;
        }
        double all = options.Normalization == ScoreNormalization.Pred ? n : targets;
        double precisionBy = options.Normalization == ScoreNormalization.Gt ? targets : n;
        return Measures(
            n, Divide(tp, all), Divide(fp, all), Divide(fn, all), Divide(pr, precisionBy), Divide(rc, all), Divide(n, targets));
    }

    private static ThresholdMetrics Measures(double n, double tp, double fp, double fn, double pr, double rc, double cov)
    {
        double prMicro = Divide(tp, tp + fp);
        double rcMicro = Divide(tp, tp + fn);
        return new(
            n, tp, fp, fn, pr, rc, cov, fp, fn, Divide(2 * pr * rc, pr + rc), Math.Sqrt((fp * fp) + (fn * fn)),
            prMicro, rcMicro, Divide(2 * prMicro * rcMicro, prMicro + rcMicro));
    }

    private double[] OwnScores(string protein, EvaluationOptions options)
    {
        double[] scores = new double[termCount];
        foreach ((_, int term, double score) in Predictions.Where(row => row.Protein == protein))
        {
            if (options.MaxTerms is null || scores.Count(value => value != 0) <= options.MaxTerms)
                scores[term] = Math.Max(scores[term], score);
        }
        return scores;
    }

    // Children have larger numbers than their parents in these tests.
    private double[] Propagated(double[] own, EvaluationOptions options)
    {
        double[] scores = [.. own];
        for (int term = termCount - 1; term >= 0; term--)
        {
            double best = edges.Where(edge => edge.Parent == term).Select(edge => scores[edge.Child]).DefaultIfEmpty().Max();
            if (options.Propagation == ScorePropagation.Max || own[term] == 0)
                scores[term] = Math.Max(scores[term], best);
        }
        return scores;
    }

    private HashSet<int> WithAncestors(HashSet<int> terms)
    {
        HashSet<int> all = [.. terms];
        for (int term = termCount - 1; term >= 0; term--)
        {
            if (all.Contains(term))
                all.UnionWith(edges.Where(edge => edge.Child == term).Select(edge => edge.Parent));
        }
        return all;
    }

    private static double Divide(double value, double by) => by > 0 ? value / by : 0;
}
