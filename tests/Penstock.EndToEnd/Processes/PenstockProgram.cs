using System.Diagnostics;
using Penstock.Testing;

namespace Penstock.EndToEnd.Processes;

/// <summary>The built program, as users start it: <c>dotnet penstock.dll</c>.</summary>
internal static class PenstockProgram
{
    /// <summary>The build of the same configuration as the test's.</summary>
    public static string Assembly { get; } = Find();

    /// <summary>A process about to be started, with its outputs redirected and no setting inherited from the caller.</summary>
    public static ProcessStartInfo StartInfo(string folder, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add(Assembly);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("PENSTOCK_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["NO_COLOR"] = "1";
        return start;
    }

    private static string Find()
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string path = Path.Combine(Repository.Root, "src", "Penstock.Cli", "bin", configuration, "net10.0", "penstock.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("The program is not built.", path);
    }
}
