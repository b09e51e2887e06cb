namespace Penstock.Tests;

/// <summary>The repository this test was built from: for snapshots, and for rules about the sources.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Penstock.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("Penstock.slnx is in no folder above the tests' output.");
    }
}
