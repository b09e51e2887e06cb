using Microsoft.AspNetCore.Builder;

namespace Penstock.Cli;

/// <summary>Everything the program takes from the process around it, so that tests can give another one.</summary>
internal sealed record CliEnvironment
{
    public required TextReader In { get; init; }
    public required TextWriter Out { get; init; }
    public required TextWriter Error { get; init; }

    /// <summary>False: redirected, so no colour, no live display and no cutting of long cells.</summary>
    public required bool OutIsTerminal { get; init; }
    public required bool ErrorIsTerminal { get; init; }
    public required bool InIsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public required int Width { get; init; }
    public required string WorkingFolder { get; init; }
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>Set by the first SIGINT or SIGTERM: finish what runs and end.</summary>
    public required CancellationToken Stop { get; init; }

    /// <summary>Set by the second: end at once.</summary>
    public required CancellationToken StopNow { get; init; }

    /// <summary>Stdout for bytes.</summary>
    public required Func<Stream> OpenOut { get; init; }

    /// <summary>Reads a line without showing it.</summary>
    public required Func<string> ReadSecret { get; init; }

    /// <summary>Last word on the composition of a server in this process; null outside tests.</summary>
    public Action<WebApplicationBuilder>? ConfigureHost { get; init; }

    /// <summary>Null when unset or empty.</summary>
    public string? Variable(string name) => Variables.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    public static CliEnvironment OfProcess(CancellationToken stop, CancellationToken stopNow)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        bool outIsTerminal = !System.Console.IsOutputRedirected;
        return new CliEnvironment
        {
            In = System.Console.In,
            Out = System.Console.Out,
            Error = System.Console.Error,
            OpenOut = System.Console.OpenStandardOutput,
            ReadSecret = SecretInput.ReadLine,
            OutIsTerminal = outIsTerminal,
            ErrorIsTerminal = !System.Console.IsErrorRedirected,
            InIsTerminal = !System.Console.IsInputRedirected,
            Width = outIsTerminal || !System.Console.IsErrorRedirected ? Math.Max(System.Console.WindowWidth, 40) : 80,
            WorkingFolder = Environment.CurrentDirectory,
            Variables = variables,
            Time = TimeProvider.System,
            Stop = stop,
            StopNow = stopNow,
        };
    }
}
