namespace Penstock.Testing;

/// <summary>Folders of tests: below the system's temporary folder, removed when the test process ends.</summary>
public static class TestFolder
{
    private static readonly DirectoryInfo Root = Directory.CreateTempSubdirectory("penstock-tests-");
    private static int _count;

    static TestFolder() => EndOfRun.Add(() => Root.Delete(recursive: true));

    public static string New() => Root.CreateSubdirectory(Interlocked.Increment(ref _count).ToString("0000")).FullName;

    public static string NewFile(string name) => Path.Combine(New(), name);
}
