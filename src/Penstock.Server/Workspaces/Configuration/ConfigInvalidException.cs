using Penstock.Engine;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Every wrong key and value at once, so that one correction round is enough.</summary>
public sealed class ConfigInvalidException(IReadOnlyList<ConfigProblem> problems) : PenstockException(
    "config-invalid",
    (problems.Count == 1 ? "There is a problem in the configuration:" : $"There are {problems.Count} problems in the configuration:")
    + string.Concat(problems.Select(problem => $"\n  {problem}")))
{
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;
}
