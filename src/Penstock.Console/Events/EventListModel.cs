using Penstock.Client.Events;
using Penstock.Console.Hosting;

namespace Penstock.Console.Events;

/// <param name="Events">Newest first.</param>
/// <param name="HasMore">Older ones follow.</param>
public sealed record EventListModel(EventListFilter Filter, IReadOnlyList<EventView> Events, bool HasMore);

/// <summary>What the address of the list asks for.</summary>
/// <param name="Level">Of this level or worse; null: all.</param>
/// <param name="Name">A name, or the beginning of names with a star.</param>
/// <param name="Before">Cursor: only events before this one.</param>
public sealed record EventListFilter(string? Level, string? Name, long? Before)
{
    public bool IsEmpty => this is { Level: null, Name: null };

    public string Path => ConsolePaths.WithQuery(ConsolePaths.Events, ("level", Level), ("event", Name), ("before", Before?.ToString()));
}
