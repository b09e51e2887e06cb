using Penstock.Server.Workspaces;

namespace Penstock.Cli.Demo;

/// <summary>Adds entries to <c>operations</c> in the text of <c>penstock.yaml</c>, keeping every word that is there.</summary>
internal static class OperationsText
{
    private const string Section = "operations:";

    /// <param name="entry">A list entry, indented by two spaces.</param>
    /// <exception cref="UsageException">The section is written in a way that text cannot be added to.</exception>
    public static void Add(Workspace workspace, string name, string entry)
    {
        List<string> lines = [.. File.ReadAllLines(workspace.ConfigFile)];
        if (lines.Exists(line => line.TrimStart().StartsWith($"- name: {name}", StringComparison.Ordinal)))
            return;
        int section = lines.FindIndex(line => line.StartsWith(Section, StringComparison.Ordinal));
        if (section < 0)
            lines.AddRange([Section, entry]);
        else if (lines[section].Trim() == Section && lines.Skip(section + 1).FirstOrDefault(line => line.TrimStart().StartsWith('-')) is null or ['\u0020', '\u0020', '-', ..])
            lines.Insert(section + 1, entry);
        else
            throw new UsageException($"Operation {name} cannot be added to 'operations' in {workspace.ConfigFile}; add it by hand:\n{entry}");
        File.WriteAllLines(workspace.ConfigFile, lines);
    }
}
