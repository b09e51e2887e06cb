using System.Collections.Concurrent;
using Penstock.Engine.Transport;

namespace Penstock.Conformance.Transports;

/// <summary>A listener that writes down what it hears, in order.</summary>
internal sealed class Listening : IWakeUpListener, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _words = new();
    private readonly IDisposable _subscription;

    public Listening(IWakeUps wakeUps, params string[] queues)
    {
        Queues = queues;
        _subscription = wakeUps.Subscribe(this);
    }

    public IReadOnlyCollection<string> Queues { get; }

    public IReadOnlyCollection<string> SoFar => _words;

    public Action? OnWord { get; init; }

    public void Forget() => _words.Clear();

    public async Task UntilAsync(string word, CancellationToken cancellationToken)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!_words.Contains(word))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"'{word}' was not heard within {Patience.TotalSeconds} s; heard: {string.Join(", ", _words)}");
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }
    }

    public void OnQueueReady(string queueName) => Note($"queue {queueName}");

    public void OnLeasesChanged() => Note("leases");

    public void OnEventsWritten() => Note("events");

    public void Dispose() => _subscription.Dispose();

    private void Note(string word)
    {
        OnWord?.Invoke();
        _words.Enqueue(word);
    }
}
