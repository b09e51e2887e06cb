using System.Text.Json;
using Microsoft.Playwright;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Client.Schedules;
using Penstock.Client.Security;
using Penstock.EndToEnd.Processes;
using Penstock.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Penstock.EndToEnd.Browser;

/// <summary>Takes the pictures of the README, from the demo: <c>PENSTOCK_SCREENSHOTS=docs/images ./test</c>.</summary>
public sealed class ScreenshotTests(ConsoleUnderTest console) : IClassFixture<ConsoleUnderTest>
{
    private const string Variable = "PENSTOCK_SCREENSHOTS";
    private static readonly (int Width, int Height)[] Sizes = [(1280, 860), (390, 844)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pages_of_the_demo_are_pictured_at_both_widths()
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(folder is not null, $"Pictures are taken on request: set {Variable} to the folder they belong into.");
        Assert.SkipUnless(ConsoleUnderTest.MayRun, ConsoleUnderTest.SkipReason);

        string workspace = Path.Combine(TestFolder.New(), "lab");
        CommandResult demo = await CommandResult.RunAsync(Path.GetDirectoryName(workspace)!, Cancel, "demo", "proteins", workspace, "--exit");
        Assert.True(demo.ExitCode == 0, demo.ToString());
        await using ServerProcess server = await ServerProcess.StartAsync(workspace, Cancel);
        await server.Client.AddUserAsync(new NewUserRequest(ConsoleUnderTest.UserName, "operator", ConsoleUnderTest.Password), Cancel);
        PredictionSet set = (await server.Proteins.PredictionSetsAsync(Cancel))[0];
        ProteinSummary protein = (await server.Proteins.ProteinsAsync(new ProteinQuery(Limit: 1), Cancel)).Items[0];
        EvaluationSet evaluation = (await server.Proteins.EvaluationSetsAsync(Cancel))[0];
        JobRequest missing = new("load_ontology_snapshot") { Payload = JsonSerializer.SerializeToElement(new { obo_url = "file:absent.obo" }), MaxAttempts = 1 };
        QueuedJob failing = await server.Client.EnqueueAsync(missing, Cancel);
        await server.Client.WaitForJobAsync(failing.Id, null, Cancel);
        DeadLetterView letter = (await server.Client.DeadLettersAsync(new DeadLetterQuery(), Cancel))[0];
        await server.Client.ReviewDeadLetterAsync(letter.Id, new DeadLetterReviewRequest { Urgency = "high", Note = "Asked the provider for the file." }, Cancel);
        await server.Client.SetScheduleAsync("nightly-ping", new ScheduleRequest("ping", "30 2 * * *") { TimeZone = "Europe/Berlin" }, Cancel);
        await server.Client.RunScheduleAsync("nightly-ping", Cancel);
        await server.Client.PauseQueueAsync("protea.evaluations", "new driver on the training host", Cancel);

        foreach ((int width, int height) in Sizes)
        {
            IPage page = await console.NewPageAsync(width, height);
            await page.GotoAsync(new Uri(server.Address, "/ui/sign-in").ToString());
            await page.GetByLabel("Name").FillAsync(ConsoleUnderTest.UserName);
            await page.GetByLabel("Password").FillAsync(ConsoleUnderTest.Password);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Level = 1 })).ToBeVisibleAsync();

            QueuedJob running = await server.Proteins.PredictAsync(
                new PredictRequest(set.EmbeddingConfigId, set.AnnotationSetId, set.OntologySnapshotId, BatchSize: 1, ExcludeSelf: true), Cancel);
            await TakeAsync(page, server, $"jobs/{running.Id}", folder, $"job-running-{width}", page.GetByRole(AriaRole.Progressbar, new() { Name = "Progress of this job" }));
            await server.Client.WaitForJobAsync(running.Id, null, Cancel);
            await TakeAsync(page, server, "", folder, $"overview-{width}");
            await TakeAsync(page, server, $"proteins/{protein.Accession}", folder, $"protein-{width}");
            await TakeAsync(page, server, $"evaluations/{evaluation.Id}", folder, $"evaluation-{width}");
            await TakeAsync(page, server, "schedules", folder, $"schedules-{width}");
            await TakeAsync(page, server, "queues", folder, $"queues-{width}");
            await TakeAsync(page, server, $"dead-letters/{letter.Id}", folder, $"dead-letter-{width}");
            await TakeAsync(page, server, "dead-letters", folder, $"dead-letters-{width}");
            await page.Context.DisposeAsync();
        }
    }

    private static async Task TakeAsync(
        IPage page, ServerProcess server, string path, string folder, string name, ILocator? waitFor = null)
    {
        await page.GotoAsync(new Uri(server.Address, "/ui/" + path).ToString());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        if (waitFor is not null)
            await Expect(waitFor).ToBeVisibleAsync();
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }
}
