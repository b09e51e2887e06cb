namespace Penstock.Testing;

/// <summary>The checkout the tests run from.</summary>
public static class Repository
{
    /// <summary>Folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Penstock.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("Penstock.slnx is in no folder above the test's own.");
    }
}
