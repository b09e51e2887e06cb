using Penstock.Client.Events;

namespace Penstock.Console.Jobs;

/// <summary>Events next to each other that tell the same story, such as the items of a batch; newest first.</summary>
public sealed record EventRun(IReadOnlyList<EventView> Events)
{
    /// <summary>Fewer than this are shown one by one.</summary>
    private const int FoldedMin = 4;
    private const string OfItems = "child.";

    public bool IsFolded => Events.Count >= FoldedMin;

    /// <summary>Such as <c>68 × child.store_embeddings.done</c>, the most frequent name first.</summary>
    public string Summary => string.Join(", ", Events
        .GroupBy(entry => entry.Event, StringComparer.Ordinal)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Count()} × {group.Key}"));

    /// <summary>Cuts a history into runs. Warnings and errors always stand alone.</summary>
    internal static IReadOnlyList<EventRun> Cut(IReadOnlyList<EventView> events)
    {
        List<List<EventView>> runs = [];
        foreach (EventView entry in events)
        {
            if (runs.Count > 0 && BelongTogether(runs[^1][^1], entry))
                runs[^1].Add(entry);
            else
                runs.Add([entry]);
        }
        return [.. runs.Select(run => new EventRun(run))];
    }

    private static bool BelongTogether(EventView newer, EventView older) =>
        newer.Level == "info" && older.Level == "info" && newer.JobId == older.JobId
        && (newer.Event == older.Event
            || (newer.Event.StartsWith(OfItems, StringComparison.Ordinal) && older.Event.StartsWith(OfItems, StringComparison.Ordinal)));
}
