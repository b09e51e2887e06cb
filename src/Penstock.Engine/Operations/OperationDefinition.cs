using System.Collections.ObjectModel;
using Penstock.Engine.Exec;
using Penstock.Engine.Outcomes;

namespace Penstock.Engine.Operations;

/// <summary>One operation as registered: its code, its queue, and how often it may fail.</summary>
/// <param name="Implementation">
/// An <see cref="IOperation"/> or an <see cref="IItemOperation"/>, made once per execution by the container; null: remote workers
/// run it, this program only keeps its jobs.
/// </param>
public sealed record OperationDefinition(string Name, Type? Implementation, string QueueName, RetryPolicy Retry)
{
    /// <summary>One line for help texts and listings.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Longest run of one attempt; null: no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The class that was registered; <see cref="Implementation"/> may be a wrapper around it. Null: remote workers run it.</summary>
    public Type? OperationType { get; init; } = Implementation;
    public bool IsItem => Implementation?.IsAssignableTo(typeof(IItemOperation)) is true;

    /// <summary>Run by workers outside this program, over the worker protocol.</summary>
    public bool IsExternal => Implementation is null;

    /// <summary>The program it starts; null: it is code of this program, or external.</summary>
    public ExecDefinition? Exec { get; init; }

    /// <summary><c>code</c>, <c>exec</c> or <c>external</c>.</summary>
    public string Kind => IsExternal ? "external" : Exec is null ? "code" : "exec";

    /// <summary>Whether payloads, results and items of its jobs are stored encrypted only. What it tells in events is its own affair.</summary>
    public bool EncryptsPayload { get; init; }

    /// <summary>Members that no view shows, beside those whose names look like secrets.</summary>
    public IReadOnlyList<string> MaskedFields { get; init; } = [];

    /// <summary>Units of named resources that each execution holds from its claim to its end.</summary>
    public IReadOnlyDictionary<string, int> Resources { get; init; } = ReadOnlyDictionary<string, int>.Empty;

    /// <summary>The record its JSON payload is read into; <see cref="System.Text.Json.JsonElement"/> where any JSON object is welcome.</summary>
    public required Type PayloadType { get; init; }
}
