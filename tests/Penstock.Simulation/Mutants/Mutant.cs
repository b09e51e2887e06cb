using System.Collections.Concurrent;

namespace Penstock.Simulation.Mutants;

/// <summary>A bug that can be switched on: it shows that the simulation sees what its invariant forbids.</summary>
/// <param name="Name">What the bug is.</param>
/// <param name="Breaks">The invariants that may report it; whichever sees it first.</param>
internal sealed record Mutant(string Name, params IReadOnlyList<string> Breaks)
{
    private readonly ConcurrentDictionary<string, string> _rewritten = new(StringComparer.Ordinal);
    private int _hits;

    /// <summary>Changes in the text of the engine's statements.</summary>
    public IReadOnlyList<(string From, string To)> Rewrites { get; init; } = [];

    /// <summary>Only statements that contain this are changed.</summary>
    public string Within { get; init; } = "";

    /// <summary>A call is reported as stored although its transaction was undone.</summary>
    public bool AcknowledgesBeforeCommit { get; init; }

    /// <summary>Workers hardly ever look for work by themselves.</summary>
    public bool HardlyPolls { get; init; }

    /// <summary>Effects of items are committed before, and apart from, their marks.</summary>
    public bool CommitsEffectsApart { get; init; }

    /// <summary>How encryption goes wrong; null: it does not.</summary>
    public Faults.Forgetfulness? Sealing { get; init; }

    /// <summary>A tick enqueues without a key and moves its schedule on in a second transaction.</summary>
    public bool TicksApart { get; init; }

    /// <summary>Statements that were changed; a mutant that changes none is out of date.</summary>
    public int Hits => _hits;

    public bool ChangesStatements => Rewrites.Count > 0;

    public string Rewrite(string sql) => _rewritten.GetOrAdd(sql, Change);

    private string Change(string sql)
    {
        if (!sql.Contains(Within, StringComparison.Ordinal))
            return sql;
        string changed = sql;
        foreach ((string from, string to) in Rewrites)
            changed = changed.Replace(from, to, StringComparison.Ordinal);
        if (changed != sql)
            Interlocked.Increment(ref _hits);
        return changed;
    }
}
