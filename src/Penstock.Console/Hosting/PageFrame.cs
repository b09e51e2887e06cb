using Penstock.Client.Security;

namespace Penstock.Console.Hosting;

/// <summary>What every page shows around its content.</summary>
/// <param name="Path">Path and query of this page, to come back to.</param>
/// <param name="Theme"><c>light</c>, <c>dark</c>, or null: as the system says.</param>
/// <param name="Reader">Null while nobody is signed in.</param>
/// <param name="Notice">One sentence about what the last form did.</param>
/// <param name="Now">The instant the page tells relative times from.</param>
public sealed record PageFrame(
    string Path, string? Theme, Identity? Reader, ConsoleAssets Assets, string? Notice, DateTimeOffset Now)
{
    /// <summary>Whether the reader may start, cancel, redrive, load and delete.</summary>
    public bool MayOperate => Reader is null or { Role: "operator" or "admin" };
}
