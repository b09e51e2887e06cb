namespace Penstock.Testing;

/// <summary>Finds the reference data that lives beside the repository, never inside it.</summary>
/// <remarks>Looks at <c>PENSTOCK_SHARED_DATA</c>, then for <c>shared/data</c> in each folder above the test's own.</remarks>
public static class SharedData
{
    public const string SkipReason =
        "The reference data (a folder shared/data beside the repository, or PENSTOCK_SHARED_DATA) is not on this machine.";

    private static readonly string? Root = Find();

    public static bool IsPresent => Root is not null;

    /// <summary>Full path of a file or folder below the data folder.</summary>
    public static string PathOf(params string[] parts) =>
        Root is null ? throw new DirectoryNotFoundException(SkipReason) : Path.Combine([Root, .. parts]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PENSTOCK_SHARED_DATA") is { Length: > 0 } given)
            return given;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
