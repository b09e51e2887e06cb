using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Penstock.EndToEnd.Processes;
using Penstock.Testing;

namespace Penstock.EndToEnd.Docs;

/// <summary>
/// The commands of a page, run as a reader would: one shell, an empty folder, block after block in the order of the page.
/// </summary>
/// <remarks>
/// <c>penstock</c> on the path is the built program (and <c>./penstock</c> of the folder too, unless the page clones the
/// repository itself from <c>$REPOSITORY</c>). Each loopback port that the page names is replaced by a free one, the same
/// everywhere in the session. Whatever still runs at the end is ended.
/// </remarks>
internal sealed partial class ConsoleSession
{
    private const string StepMark = "@@penstock-step ";
    private const string ExitMark = "@@penstock-exit ";
    private const int Sigterm = 15;
    private const int Sigkill = 9;
    private const int DefaultSeconds = 180;
    private const int LinesTold = 60;
    private const int SlackSeconds = 30;

    private readonly string _folder = Path.Combine(TestFolder.New(), "session");
    private readonly StringBuilder _script = new();
    private readonly List<Step> _steps = [];
    private readonly Dictionary<string, int> _ports = [];
    private readonly IReadOnlyList<DocBlock> _blocks;

    public ConsoleSession(IReadOnlyList<DocBlock> blocks)
    {
        _blocks = blocks;
        Directory.CreateDirectory(_folder);
        foreach (DocBlock block in blocks)
        {
            if (block.Marker("run") is { } run)
                AddCommands(block, run);
            else
                AddFile(block, block.Marker("file")!);
        }
    }

    /// <summary>Programs that the blocks need and this machine does not have.</summary>
    public IEnumerable<string> Missing =>
        from block in _blocks
        from name in block.Marker("run")?.Setting("needs")?.Split(',') ?? []
        where !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, name)))
        select name;

    /// <returns>What went wrong, or null.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        string place = Path.GetDirectoryName(_folder)!;
        string log = Path.Combine(place, "output.txt");
        string script = Path.Combine(place, "commands.sh");
        await File.WriteAllTextAsync(script, $"cd '{_folder}'\nexec </dev/null >'{log}' 2>&1\nset -o pipefail\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n{_script}", cancellationToken);
        ProcessStartInfo start = PenstockProgram.StartInfo(_folder);
        (start.FileName, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = ("setsid", false, false, false);
        start.ArgumentList.Clear();
        int seconds = _blocks.Select(b => b.Marker("run")?.Setting("timeout")).OfType<string>()
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture)).DefaultIfEmpty(DefaultSeconds).Max();
        // With a limit of its own: killed, this process could end nothing, and servers of the session would live for ever.
        foreach (string word in (string[])["timeout", "--kill-after=10", $"{seconds + SlackSeconds}", "bash", script])
            start.ArgumentList.Add(word);
        await PrepareAsync(start, place, cancellationToken);
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        bool late = false;
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            late = true;
        }
        finally
        {
            await EndGroupAsync(process.Id);
        }
        string output = File.Exists(log) ? await File.ReadAllTextAsync(log, CancellationToken.None) : "";
        string? wrong = late ? $"Not finished after {seconds} s." : Judge(output);
        return wrong is null ? null : $"{wrong}\nLast output:\n{string.Join('\n', output.Split('\n').TakeLast(LinesTold))}";
    }

    private void AddCommands(DocBlock block, DocMarker run)
    {
        int exit = int.Parse(run.Setting("exit") ?? "0", CultureInfo.InvariantCulture);
        List<Step> added = [];
        foreach (string line in block.Lines)
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
                added.Add(new Step(line[2..], [], 0));
            else if (line.StartsWith("> ", StringComparison.Ordinal) && added.Count > 0 && added[^1].Shown.Count == 0)
                added[^1] = added[^1] with { Command = added[^1].Command + "\n" + line[2..] };
            else if (added.Count > 0 && line.Trim().Length > 0)
                added[^1].Shown.Add(line.TrimEnd());
            else if (line.Trim().Length > 0)
                throw new InvalidDataException($"Line {block.FirstLine + 1}: a console block begins with '$ command'.");
        }
        // The stated code is the last command's: those before it prepare.
        added[^1] = added[^1] with { Exit = exit };
        foreach (Step step in added)
        {
            _script.Append(CultureInfo.InvariantCulture, $"printf '\\n{StepMark}%s\\n' {_steps.Count}\n{WithFreePorts(step.Command)}\n");
            _script.Append(CultureInfo.InvariantCulture, $"code=$?; printf '\\n{ExitMark}%s\\n' $code; [ $code = {step.Exit} ] || exit 1\n");
            _steps.Add(step);
        }
    }

    /// <summary>Saves a block under the name the page tells its reader to give it.</summary>
    private void AddFile(DocBlock block, DocMarker file)
    {
        string path = file.Words[1];
        string kept = Path.Combine(Path.GetDirectoryName(_folder)!, $"file{_steps.Count}-{block.FirstLine}");
        File.WriteAllText(kept, string.Join('\n', block.Lines.Select(WithFreePorts)) + "\n");
        _script.Append(CultureInfo.InvariantCulture, $"mkdir -p \"$(dirname '{path}')\" && cp '{kept}' '{path}' || exit 1\n");
    }

    private string WithFreePorts(string text) => LoopbackPort().Replace(text, match =>
    {
        string port = match.Groups["port"].Value;
        if (!_ports.TryGetValue(port, out int free))
            _ports[port] = free = FreePort();
        return $"{match.Groups["host"].Value}:{free}";
    });

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task PrepareAsync(ProcessStartInfo start, string place, CancellationToken cancellationToken)
    {
        string programs = Directory.CreateDirectory(Path.Combine(place, "bin")).FullName;
        bool clones = _steps.Exists(step => step.Command.Contains("$REPOSITORY", StringComparison.Ordinal));
        foreach (string folder in clones ? [programs] : new[] { programs, _folder })
        {
            string launcher = Path.Combine(folder, "penstock");
            await File.WriteAllTextAsync(launcher, $"#!/bin/sh\nexec dotnet '{PenstockProgram.Assembly}' \"$@\"\n", cancellationToken);
            if (!OperatingSystem.IsWindows()) // There is no setsid either; the analyzer wants it said.
                File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        start.Environment["PATH"] = $"{programs}:{start.Environment["PATH"]}";
        start.Environment["SAMPLES"] = Path.Combine(Repository.Root, "samples");
        // Where a page starts a server without naming an address, it must not meet another server's.
        start.Environment["PENSTOCK_SERVER__URLS"] = WithFreePorts("http://127.0.0.1:8080");
        // Build servers outlive the command that started them, and would keep the session open.
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        if (clones)
            start.Environment["REPOSITORY"] = await CheckoutCopy.AsRepositoryAsync(Path.Combine(place, "repository"), cancellationToken);
    }

    private string? Judge(string output)
    {
        string[] parts = output.Split("\n" + StepMark);
        for (int i = 0; i < _steps.Count; i++)
        {
            Step step = _steps[i];
            if (i + 1 >= parts.Length)
                return $"Did not come to: {step.Command}";
            string said = parts[i + 1];
            int end = said.LastIndexOf("\n" + ExitMark, StringComparison.Ordinal);
            string code = end < 0 ? "none" : said[(end + ExitMark.Length + 1)..].Trim();
            if (code != step.Exit.ToString(CultureInfo.InvariantCulture))
                return $"Exit code {code} instead of {step.Exit} from: {step.Command}\n{said}";
            if (Unseen(step.Shown, said[..end].Split('\n')) is { } line)
                return $"The page shows a line that did not come: '{line}', from: {step.Command}\n{said}";
        }
        return null;
    }

    /// <summary>Shown lines must come in their order; <c>...</c> stands for anything.</summary>
    private static string? Unseen(List<string> shown, string[] said)
    {
        int at = 0;
        foreach (string line in shown.Where(line => line.Trim() != "..."))
        {
            Regex pattern = new("^" + Regex.Escape(line).Replace("\\.\\.\\.", ".*", StringComparison.Ordinal) + "\\s*$");
            int found = Array.FindIndex(said, at, pattern.IsMatch);
            if (found < 0)
                return line;
            at = found + 1;
        }
        return null;
    }

    private static async Task EndGroupAsync(int group)
    {
        const int attempts = 50;
        _ = Kill(-group, Sigterm);
        for (int i = 0; i < attempts && Kill(-group, 0) == 0; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
        _ = Kill(-group, Sigkill);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);

    [GeneratedRegex(@"(?<host>127\.0\.0\.1|localhost):(?<port>[1-9]\d{3,4})\b")]
    private static partial Regex LoopbackPort();

    private sealed record Step(string Command, List<string> Shown, int Exit);
}
