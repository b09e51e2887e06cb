using System.CommandLine;
using System.Text.Json;
using Penstock.Cli.Output;
using Penstock.Client;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock config</c></summary>
internal static class ConfigCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("config", "Look at the settings of the workspace.", "penstock config show worker.slots").With(Show(cli));

    private static CliCommand Show(CliContext cli)
    {
        Argument<string?> key = new("KEY") { Description = "One setting, as in worker.slots.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> section = new("--section") { Description = "Only the settings of a section, as in worker.", HelpName = "NAME" };
        Option<string[]> set = UpCommand.SetOption();
        return new CliCommand("show", "Show every setting with its value and where that came from.",
                "penstock config show", "penstock config show reaper.stall_seconds --json", "PENSTOCK_WORKER__SLOTS=8 penstock config show worker.slots")
        {
            Remarks = "Defaults yield to penstock.yaml, that to variables (PENSTOCK_WORKER__SLOTS), those to the command line. Wrong keys and values are " +
                "reported all at once.",
        }
            .With(key, section, set)
            .Does(cli, (run, _) =>
            {
                EffectiveConfiguration configuration = run.Configuration(run.Workspace(), UpCommand.ReadSet(run.Value(set)));
                if (run.Value(key) is { } wanted)
                    ShowOne(run, configuration.Value(wanted));
                else
                    ShowMany(run, configuration, run.Value(section));
                return Task.FromResult(ExitCodes.Ok);
            });
    }

    private static void ShowOne(CommandRun run, EffectiveValue value) => run.Terminal.Result(value, () => run.Terminal.PrintFields(
        ("key", value.Key, "bold"),
        ("value", Text(value.Value) + (value.Unit is null ? "" : $" {value.Unit}"), null),
        ("from", value.Origin, value.Origin == "default" ? "dim" : "cyan"),
        ("default", Text(value.Default), null),
        ("effect", value.Summary, null)));

    private static void ShowMany(CommandRun run, EffectiveConfiguration configuration, string? section)
    {
        List<EffectiveValue> values = [.. configuration.Values.Where(value => section is null || value.Key.StartsWith(section + ".", StringComparison.Ordinal))];
        if (values.Count == 0)
        {
            IEnumerable<string> sections = configuration.Values.Select(value => value.Key).Where(key => key.Contains('.')).Select(key => key[..key.IndexOf('.')]).Distinct();
            throw new UsageException($"There is no section '{section}'. Sections: {string.Join(", ", sections)}.");
        }
        // By key, so that a script reads .["worker.slots"].value; within a section without its name.
        string Name(EffectiveValue value) => section is null ? value.Key : value.Key[(section.Length + 1)..];
        run.Terminal.Result(values.ToDictionary(Name), () => run.Terminal.Print(values, "",
            new Column<EffectiveValue>("KEY", value => value.Key) { Style = _ => "bold" },
            new Column<EffectiveValue>("VALUE", value => Text(value.Value)) { ShrinksTo = 16 },
            new Column<EffectiveValue>("FROM", value => value.Origin) { Style = value => value.Origin == "default" ? "dim" : "cyan", ShrinksTo = 10 },
            new Column<EffectiveValue>("EFFECT", value => value.Summary) { ShrinksTo = 24, DropOrder = 1, Style = _ => "dim" }));
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IReadOnlyList<string> list => list.Count == 0 ? "[]" : string.Join(", ", list),
        IReadOnlyList<QueueSettings> queues => queues.Count == 0 ? "[]" : JsonSerializer.Serialize(queues, PenstockJson.Options),
        _ => value.ToString() ?? "",
    };
}
