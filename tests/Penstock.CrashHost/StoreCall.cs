using Penstock.Engine.Storage;

namespace Penstock.CrashHost;

/// <summary>One call of the job store: which it is, and with what.</summary>
internal sealed record StoreCall(string Name, object?[] Arguments)
{
    public static readonly StoreCall None = new("", []);

    private static readonly AsyncLocal<StoreCall?> Present = new();

    public static StoreCall Current
    {
        get => Present.Value ?? None;
        set => Present.Value = value;
    }

    public IReadOnlyList<Completion> Completions => Name == nameof(IJobStore.ExchangeAsync) ? (IReadOnlyList<Completion>)Arguments[0]! : [];
}
