namespace Penstock.Proteins.Evaluation;

/// <summary>Measures the parts of an evaluation; parts may run side by side.</summary>
internal sealed class PhaseClock(TimeProvider time)
{
    private readonly List<EvaluationPhase> _phases = [];

    /// <summary>The parts that ended, in the order they did.</summary>
    public IReadOnlyList<EvaluationPhase> Phases
    {
        get
        {
            lock (_phases)
                return [.. _phases];
        }
    }

    public T Measure<T>(string name, Func<T> work)
    {
        long start = time.GetTimestamp();
        T result = work();
        Add(name, start);
        return result;
    }

    public async Task<T> MeasureAsync<T>(string name, Func<Task<T>> work)
    {
        long start = time.GetTimestamp();
        T result = await work();
        Add(name, start);
        return result;
    }

    private void Add(string name, long start)
    {
        TimeSpan elapsed = time.GetElapsedTime(start);
        lock (_phases)
            _phases.Add(new(name, elapsed));
    }
}
