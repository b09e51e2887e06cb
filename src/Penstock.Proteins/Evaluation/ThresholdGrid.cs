namespace Penstock.Proteins.Evaluation;

/// <summary>The thresholds of an evaluation, and how many of them a score reaches.</summary>
/// <remarks>
/// tau(i) = step + i * step in IEEE doubles, as the reference computes it: a score written 0.84 does not reach
/// 0.01 + 83 * 0.01, which is 0.8400000000000001.
/// </remarks>
internal sealed class ThresholdGrid
{
    private readonly double[] _taus;
    private readonly double _step;

    public ThresholdGrid(double step)
    {
        if (!(step >= EvaluationOptions.ThresholdStepMin && step < 1))
            throw EvaluationException.StepInvalid(step);
        _step = step;
        _taus = new double[(int)Math.Ceiling((1 - step) / step)];
        for (int i = 0; i < _taus.Length; i++)
            _taus[i] = step + (i * step);
    }

    public int Count => _taus.Length;

    public double this[int index] => _taus[index];

    /// <summary>Number of thresholds not above <paramref name="score"/>, which is greater than 0 and may be infinite.</summary>
    public int LevelOf(double score)
    {
        int level = (int)Math.Min(score / _step, _taus.Length);
        // The quotient is within one of the truth; exact comparisons settle it.
        while (level < _taus.Length && _taus[level] <= score)
            level++;
        while (level > 0 && _taus[level - 1] > score)
            level--;
        return level;
    }
}
