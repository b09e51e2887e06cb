namespace Penstock.Client.Jobs;

/// <summary>A job with all that follows from it: its children, those that depend on it, theirs, and so on.</summary>
/// <param name="Jobs">The job itself first.</param>
/// <param name="Truncated">There are more than are shown.</param>
public sealed record JobTreeView(IReadOnlyList<JobView> Jobs, IReadOnlyList<JobTreeEdge> Edges, bool Truncated);

/// <param name="Kind"><c>child</c>, or <c>dependent</c>: it waits, or waited, for the other.</param>
public sealed record JobTreeEdge(Guid From, Guid To, string Kind);
