using System.Diagnostics;

namespace Penstock.Simulation;

/// <summary>A seed must be one run and no other: its trace has the same hash in every process.</summary>
internal static class SelfCheck
{
    public static int Run(int from, int count)
    {
        int failed = 0;
        for (int seed = from; seed < from + count; seed++)
        {
            string first = HashOf(seed);
            string second = HashOf(seed);
            Console.WriteLine($"seed {seed}: {first} {(first == second ? "twice" : "and then " + second)}");
            failed += first == second ? 0 : 1;
        }
        Console.WriteLine($"{count - failed} passed, {failed} failed, 0 skipped");
        return failed == 0 ? 0 : 1;
    }

    private static string HashOf(int seed)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(SelfCheck).Assembly.Location);
        start.ArgumentList.Add("--seed");
        start.ArgumentList.Add($"{seed}");
        start.ArgumentList.Add("--trace-hash");
        using Process process = Process.Start(start)!;
        string hash = process.StandardOutput.ReadLine() ?? "";
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return hash;
    }
}
