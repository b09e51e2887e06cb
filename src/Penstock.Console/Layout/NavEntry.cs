using Penstock.Console.Hosting;

namespace Penstock.Console.Layout;

/// <summary>One line of the menu.</summary>
internal sealed record NavEntry(string Title, string Path)
{
    public static readonly IReadOnlyList<(string Heading, IReadOnlyList<NavEntry> Entries)> Groups =
    [
        ("Operate",
        [
            new("Overview", ConsolePaths.Root),
            new("Jobs", ConsolePaths.Jobs),
            new("Schedules", ConsolePaths.Schedules),
            new("Queues and workers", ConsolePaths.Queues),
            new("Dead letters", ConsolePaths.DeadLetters),
            new("Events", ConsolePaths.Events),
        ]),
        ("Proteins",
        [
            new("Annotate", ConsolePaths.QuerySets),
            new("Predictions", ConsolePaths.Predictions),
            new("Evaluations", ConsolePaths.Evaluations),
            new("Proteins", ConsolePaths.Proteins),
            new("Data", ConsolePaths.DataLoads),
        ]),
    ];

    /// <summary>Whether a page is this entry's, or below it.</summary>
    public bool Holds(string path)
    {
        string page = path.Split('?')[0].TrimEnd('/');
        return Path == ConsolePaths.Root ? page == Path : page == Path || page.StartsWith(Path + "/", StringComparison.Ordinal);
    }
}
