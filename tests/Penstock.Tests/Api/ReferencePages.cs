using System.CommandLine;
using System.Globalization;
using System.Text;
using Penstock.Cli.Output;
using Penstock.Engine.Jobs;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Tests.Api;

/// <summary>The pages of docs/reference, made from what the program itself knows.</summary>
internal static class ReferencePages
{
    private const string Made = "Made from the sources by a test; `PENSTOCK_ACCEPT=1 ./test` brings it up to date.\n\n";

    public static string Events()
    {
        StringBuilder page = new($"# Events\nThe history of a job, as `GET /jobs/{{id}}/events`, `penstock jobs events` and the console show it. Operations add events of their own.\n{Made}");
        page.Append("| event | written by | meaning | status |\n| --- | --- | --- | --- |\n");
        foreach (JobEventDescription e in JobEventCatalog.All)
            page.Append(CultureInfo.InvariantCulture, $"| `{e.Name}` | {e.By} | {e.Meaning} | {string.Join("<br>", e.Moves.Select(Move))} |\n");
        return page.ToString();
    }

    public static string Configuration()
    {
        StringBuilder page = new(
            $"# Configuration\nDefaults yield to `penstock.yaml`, that to variables, those to `--set` and the options of a command. The variable of a key is\n`PENSTOCK_` and the key in capitals, with two underscores for the dot: `PENSTOCK_WORKER__SLOTS`. Queues are declared under `queues`\nin `penstock.yaml`.\n{Made}");
        page.Append("| key | default | allowed | effect |\n| --- | --- | --- | --- |\n");
        PenstockSettings defaults = new();
        foreach (SettingDefinition setting in SettingCatalog.All)
            page.Append(CultureInfo.InvariantCulture, $"| `{setting.Key}` | {Default(setting, defaults)} | {Allowed(setting)} | {setting.Limits.Summary} |\n");
        return page.ToString();
    }

    /// <param name="exposition">An answer of <c>/metrics</c>.</param>
    public static string Metrics(string exposition)
    {
        Dictionary<string, string> kinds = Announced(exposition, "# TYPE ");
        StringBuilder page = new($"# Metrics\n`GET /metrics`, in the Prometheus text format. Names end in their unit.\n{Made}");
        page.Append("| metric | kind | meaning |\n| --- | --- | --- |\n");
        foreach ((string name, string help) in Announced(exposition, "# HELP ").OrderBy(m => m.Key, StringComparer.Ordinal))
            page.Append(CultureInfo.InvariantCulture, $"| `{name}` | {kinds[name]} | {help} |\n");
        return page.ToString();
    }

    public static string CommandLine(IEnumerable<Command> commands, int width)
    {
        StringBuilder page = new($"# Command line\n{Made}");
        foreach (Command command in commands)
        {
            StringWriter help = new() { NewLine = "\n" };
            HelpPrinter.Print(command, help, width);
            page.Append(CultureInfo.InvariantCulture, $"## {HelpPrinter.FullName(command)}\n```text\n{help.ToString().TrimEnd()}\n```\n\n");
        }
        return page.ToString().TrimEnd() + "\n";
    }

    public static string StateMachine()
    {
        StringBuilder table = new("| from | to | event | by |\n| --- | --- | --- | --- |\n");
        foreach ((JobEventDescription e, (JobStatus? from, JobStatus to)) in JobEventCatalog.All
            .SelectMany(e => e.Moves.Where(m => m.From != m.To).Select(m => (e, m))).OrderBy(m => m.m.From ?? (JobStatus)(-1)).ThenBy(m => m.m.To))
            table.Append(CultureInfo.InvariantCulture, $"| {from?.ToText() ?? "(new)"} | {to.ToText()} | `{e.Name}` | {e.By} |\n");
        return table.ToString();
    }

    private static string Move((JobStatus? From, JobStatus To) move) =>
        move.From == move.To ? $"stays {move.To.ToText()}" : $"{move.From?.ToText() ?? "new"} to {move.To.ToText()}";

    private static string Default(SettingDefinition setting, PenstockSettings defaults) => setting.Key == "worker.slots"
        ? "one per processor" // The machine's own number would make the page differ from machine to machine.
        : setting.Read(defaults) switch
        {
            null => "none",
            IReadOnlyList<string> { Count: 0 } => "empty",
            IReadOnlyList<string> list => $"`{string.Join(", ", list)}`",
            bool flag => flag ? "`true`" : "`false`",
            { } value => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
        };

    private static string Allowed(SettingDefinition setting)
    {
        SettingAttribute limits = setting.Limits;
        if (limits.OneOf.Length > 0)
            return string.Join(", ", limits.OneOf.Select(one => $"`{one}`"));
        if (limits.IsUrl)
            return "addresses";
        return double.IsInfinity(limits.Min) && double.IsInfinity(limits.Max) ? "" : $"{Bound(limits.Min)} to {Bound(limits.Max)}";
    }

    private static string Bound(double bound) => double.IsInfinity(bound) ? "any" : bound.ToString("0.####", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Announced(string exposition, string mark) => exposition.Split('\n')
        .Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..].Split(' ', 2))
        .ToDictionary(parts => parts[0], parts => parts[1]);
}
