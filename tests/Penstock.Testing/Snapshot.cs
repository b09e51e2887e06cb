namespace Penstock.Testing;

/// <summary>A checked-in file that a change of the product must change too: reviewed like code, accepted with <c>PENSTOCK_ACCEPT=1</c>.</summary>
public static class Snapshot
{
    /// <summary>The accepted text; accepts the present one when told to.</summary>
    /// <param name="path">Below the repository.</param>
    public static string Accepted(string path, string actual)
    {
        string file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("PENSTOCK_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }
        return File.Exists(file)
            ? File.ReadAllText(file)
            : throw new FileNotFoundException("There is no such snapshot yet; make it with PENSTOCK_ACCEPT=1 and review it.", file);
    }
}
