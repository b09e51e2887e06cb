using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Queues;
using Penstock.Client.Resources;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock resources</c></summary>
internal static class ResourcesCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("resources", "Look at named resources: what is free, who holds them, what waits.", "penstock resources list", "penstock resources list --json")
            .With(new CliCommand("list", "List resources with their holders, and concurrency keys in use.", "penstock resources list")
                .Does(cli, async (run, cancellationToken) =>
                {
                    await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                    IReadOnlyList<ResourceView> resources = await connection.Client.ResourcesAsync(cancellationToken);
                    DateTimeOffset now = run.Time.GetUtcNow();
                    run.Terminal.Result(resources, () => run.Terminal.Print(resources, "No resources. Declare them under resources in penstock.yaml.",
                        new Column<ResourceView>("RESOURCE", resource => resource.Name) { Style = _ => "bold", ShrinksTo = 12 },
                        new Column<ResourceView>("IN USE", resource => $"{resource.InUse}/{(resource.Capacity is { } capacity ? $"{capacity}" : "∞")}")
                        {
                            RightAligned = true,
                            Style = resource => resource.InUse >= resource.Capacity ? "yellow" : null,
                        },
                        new Column<ResourceView>("WAITING", resource => Words.Count(resource.Waiting)) { RightAligned = true },
                        new Column<ResourceView>("RATE", resource => RateText(resource.Rate)) { DropOrder = 1 },
                        new Column<ResourceView>("HELD BY", resource => string.Join(", ", resource.Holders.Take(4).Select(one => Holder(one, now)))
                            + (resource.Holders.Count > 4 ? $" and {resource.Holders.Count - 4} more" : "")) { ShrinksTo = 12 }));
                    return ExitCodes.Ok;
                }));

    public static string RateText(RateView? rate) => rate is null ? "" : $"{rate.Count} in {Words.Of(TimeSpan.FromSeconds(rate.PerSeconds))}";

    private static string Holder(ResourceHolderView holder, DateTimeOffset now) =>
        $"{JobIds.Short(holder.JobId)}{(holder.ItemIndex is { } item ? $" item {item}" : "")}"
        + $"{(holder.Units > 1 ? $" ({holder.Units} units)" : "")} since {Words.Age(holder.Since, now)}";
}
