using System.Text.Json;
using Penstock.Client;
using Spectre.Console;

namespace Penstock.Cli.Output;

/// <summary>Where results (stdout) and remarks (stderr) go, with colour only where a person looks.</summary>
internal sealed class Terminal
{
    /// <summary>Wide enough that nothing is wrapped or cut when a program reads.</summary>
    private const int UnlimitedWidth = 10_000;

    private static readonly JsonSerializerOptions Indented = new(PenstockJson.Options) { WriteIndented = true };

    private readonly CliEnvironment _environment;

    public Terminal(CliEnvironment environment, bool json)
    {
        _environment = environment;
        IsJson = json;
        bool color = environment.Variable("NO_COLOR") is null && environment.Variable("TERM") != "dumb";
        Out = Create(environment.Out, environment.OutIsTerminal, color, environment.Width);
        Error = Create(environment.Error, environment.ErrorIsTerminal, color, environment.Width);
    }

    public bool IsJson { get; }

    /// <summary>Results for people.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Progress, remarks and questions.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>Whether moving displays make sense on stderr.</summary>
    public bool IsLive => Error.Profile.Capabilities.Ansi;

    /// <summary>Columns a table may take on stdout.</summary>
    public int Width => _environment.OutIsTerminal ? _environment.Width : UnlimitedWidth;

    /// <summary>A result: JSON when asked for, else what <paramref name="forPeople"/> writes.</summary>
    public void Result(object value, Action forPeople)
    {
        if (IsJson)
            WriteJson(value);
        else
            forPeople();
    }

    public void WriteJson(object value) => _environment.Out.WriteLine(JsonSerializer.Serialize(value, value.GetType(), Indented));

    /// <summary>One value per line, for streams.</summary>
    public void WriteJsonLine(object value) =>
        _environment.Out.WriteLine(JsonSerializer.Serialize(value, value.GetType(), PenstockJson.Options));

    /// <param name="markup">Spectre markup; texts from outside go through <see cref="Markup.Escape"/>.</param>
    public void Line(string markup = "") => Out.MarkupLine(markup);

    /// <summary>Text as it is, for files and secrets.</summary>
    public void Plain(string text) => _environment.Out.WriteLine(text);

    /// <summary>A remark beside the result.</summary>
    public void Note(string text) => Error.MarkupLine($"[dim]{Markup.Escape(text)}[/]");

    public void Warn(string text) => Error.MarkupLine($"[yellow]warning:[/] {Markup.Escape(text)}");

    /// <summary>Asks before something that cannot be undone; without a person to ask, the answer must be on the line.</summary>
    /// <exception cref="UsageException">Nobody can be asked.</exception>
    public bool Confirm(string question, bool yes)
    {
        if (yes)
            return true;
        if (!_environment.InIsTerminal || !_environment.ErrorIsTerminal)
            throw new UsageException($"{question} Add --yes to do it without being asked.");
        _environment.Error.Write($"{question} [y/N] ");
        string answer = _environment.In.ReadLine() ?? "";
        return answer.Trim() is "y" or "Y" or "yes";
    }

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal, bool color, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            // NO_COLOR switches bold and dim off, too: whoever sets it wants plain text.
            Ansi = isTerminal && color ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal && color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = isTerminal ? width : UnlimitedWidth;
        return console;
    }
}
