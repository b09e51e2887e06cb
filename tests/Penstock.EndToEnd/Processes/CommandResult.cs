using System.Diagnostics;

namespace Penstock.EndToEnd.Processes;

/// <summary>What one command of the program answered.</summary>
internal sealed record CommandResult(int ExitCode, string Out, string Error, TimeSpan Took)
{
    private static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(3);

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(string folder, CancellationToken cancellationToken, params IEnumerable<string> arguments) =>
        RunAsync(folder, _ => { }, cancellationToken, arguments);

    public static async Task<CommandResult> RunAsync(
        string folder, Action<ProcessStartInfo> adjust, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = PenstockProgram.StartInfo(folder, arguments);
        adjust(start);
        long began = TimeProvider.System.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestCommand);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(process.ExitCode, await output, await error, TimeProvider.System.GetElapsedTime(began));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public override string ToString() => $"exit {ExitCode}\n{Out}\n{Error}";
}
