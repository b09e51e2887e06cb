using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;
using Penstock.EndToEnd.Samples;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Penstock.EndToEnd.Browser;

/// <summary>What a person does in the console, found by role and label as a person or a screen reader finds it.</summary>
public sealed partial class ConsoleTests(ConsoleUnderTest console) : IClassFixture<ConsoleUnderTest>, IAsyncLifetime
{
    private const string NewPassword = "a password of my own";

    private readonly List<string> _complaints = [];
    private IPage _page = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(ConsoleUnderTest.MayRun, ConsoleUnderTest.SkipReason);
        _page = await console.NewPageAsync();
        _page.PageError += (_, error) => _complaints.Add(error);
        _page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _complaints.Add(message.Text);
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_page is not null)
            await _page.Context.DisposeAsync();
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task The_first_sign_in_asks_for_a_new_password_and_leads_to_the_overview()
    {
        await _page.GotoAsync("/");
        await SignInAsync("admin", console.Server.FirstPassword);
        await Expect(Heading("Your password")).ToBeVisibleAsync();
        await _page.GetByLabel("Present password").FillAsync(console.Server.FirstPassword);
        await _page.GetByLabel("New password, at least 12 characters").FillAsync(NewPassword);
        await Button("Change the password").ClickAsync();

        await Expect(Heading("Overview")).ToBeVisibleAsync();
        await Expect(_page.GetByRole(AriaRole.Region, new() { Name = "Health" })).ToContainTextAsync("Ready");
        await Expect(_page.GetByRole(AriaRole.Region, new() { Name = "Numbers" })).ToContainTextAsync("Workers");
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_lets_nobody_in()
    {
        await _page.GotoAsync("/ui/jobs");
        await SignInAsync(ConsoleUnderTest.UserName, "not the password at all");
        await Expect(_page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(Heading("Sign in to Penstock")).ToBeVisibleAsync();
        _complaints.RemoveAll(text => text.Contains("401", StringComparison.Ordinal)); // The browser's own remark on the refusal.
    }

    [Fact]
    public async Task A_job_page_follows_the_job_without_being_loaded_again()
    {
        QueuedJob queued = await console.Server.Client.EnqueueAsync(
            new JobRequest("predict_go_terms")
            {
                Payload = JsonSerializer.SerializeToElement(new
                {
                    embedding_config_id = console.Loaded.EmbeddingConfigId, annotation_set_id = console.Loaded.AnnotationSetId,
                    ontology_snapshot_id = console.Loaded.SnapshotId, query_set_id = console.Loaded.QuerySetId, batch_size = 1,
                }),
                DelaySeconds = 4,
            },
            Cancel);
        await OpenAsync($"/ui/jobs/{queued.Id}");
        ILocator state = _page.GetByRole(AriaRole.Region, new() { Name = "State of the job" });
        await Expect(state).ToContainTextAsync("queued");
        await _page.EvaluateAsync("window.stillTheSamePage = true");

        await Expect(state).ToContainTextAsync("succeeded", new() { Timeout = 60_000 });
        await Expect(state).ToContainTextAsync("300 of 300");
        await Expect(_page.GetByRole(AriaRole.Table, new() { Name = "Stages of the batch" })).ToContainTextAsync("store_predictions");
        Assert.True(await _page.EvaluateAsync<bool>("window.stillTheSamePage === true"), "The page was loaded again.");
    }

    [Fact]
    public async Task A_dead_letter_is_found_read_and_sent_again()
    {
        string file = Path.Combine(console.Server.Workspace, "late.obo");
        QueuedJob queued = await console.Server.Client.EnqueueAsync(
            new JobRequest("load_ontology_snapshot") { Payload = JsonSerializer.SerializeToElement(new { obo_url = file }), MaxAttempts = 1 }, Cancel);
        Assert.Equal("failed", (await console.Server.Client.WaitForJobAsync(queued.Id, null, Cancel)).Status);
        Assert.Single(await console.Server.Client.DeadLettersAsync(new DeadLetterQuery { JobId = queued.Id }, Cancel));

        await OpenAsync("/ui");
        await Menu("Dead letters").ClickAsync();
        await _page.GetByRole(AriaRole.Table, new() { Name = "Dead letters, newest first" }).GetByRole(AriaRole.Link, new() { Name = "source-not-found" }).ClickAsync();
        await Expect(Heading("load_ontology_snapshot")).ToBeVisibleAsync();
        await Expect(_page.GetByText(file).First).ToBeVisibleAsync();

        File.WriteAllText(file, new ProteinSample(seed: 5, families: 1, references: 1, queries: 1).Obo);
        await _page.GetByText("Send again…", new() { Exact = true }).ClickAsync();
        await Button("Send again").ClickAsync();
        await Expect(_page.GetByRole(AriaRole.Status).First).ToBeVisibleAsync();
        await LoadedWorkspace.SucceedAsync(console.Server, queued, Cancel);
        Assert.Equal(0, (await console.Server.Client.CountDeadLettersAsync(new DeadLetterQuery { JobId = queued.Id, Status = "pending" }, Cancel)).Count);
    }

    [Fact]
    public async Task A_protein_is_found_and_shows_its_annotations()
    {
        await OpenAsync("/ui");
        await Menu("Proteins").ClickAsync();
        ILocator search = _page.GetByLabel("Accession, entry name, gene or organism");
        await search.FillAsync("R00003");
        await search.PressAsync("Enter");
        await _page.GetByRole(AriaRole.Table, new() { Name = "Proteins" }).GetByRole(AriaRole.Link, new() { Name = "R00003" }).ClickAsync();
        await Expect(Heading("R00003 · g3")).ToBeVisibleAsync();
        ILocator annotations = _page.GetByRole(AriaRole.Table, new() { Name = "Annotations" });
        await Expect(annotations).ToContainTextAsync("GO:1000003");
        await Expect(annotations).ToContainTextAsync("IDA");
    }

    [Fact]
    public async Task No_page_scrolls_sideways_on_a_telephone()
    {
        QueuedJob ping = await console.Server.Client.EnqueueAsync(new JobRequest("ping"), Cancel);
        await LoadedWorkspace.SucceedAsync(console.Server, ping, Cancel);
        await OpenAsync("/ui");
        await _page.SetViewportSizeAsync(390, 844);
        string[] paths =
        [
            "/ui", "/ui/jobs", $"/ui/jobs/{ping.Id}", "/ui/queues", "/ui/dead-letters", "/ui/proteins", "/ui/proteins/R00003",
            "/ui/query-sets", "/ui/predictions", "/ui/evaluations", "/ui/data",
        ];
        foreach (string path in paths)
        {
            await _page.GotoAsync(path);
            await Expect(_page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            int[] widths = await _page.EvaluateAsync<int[]>("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
            Assert.True(widths[0] <= widths[1], $"{path} is {widths[0]} px wide in a window of {widths[1]} px");
        }
    }

    [Fact]
    public async Task The_keyboard_skips_the_menu()
    {
        await OpenAsync("/ui/jobs");
        await _page.Keyboard.PressAsync("Tab");
        await Expect(_page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await _page.Keyboard.PressAsync("Enter");
        await Expect(_page).ToHaveURLAsync(AtContent());
        await _page.Keyboard.PressAsync("Tab");
        Assert.True(
            await _page.EvaluateAsync<bool>("document.querySelector('main').contains(document.activeElement)"),
            "The key after the skip link leads out of the content.");
    }

    private async Task OpenAsync(string path)
    {
        await _page.GotoAsync(path);
        await SignInAsync(ConsoleUnderTest.UserName, ConsoleUnderTest.Password);
        await Expect(Button("Sign out")).ToBeVisibleAsync();
    }

    private async Task SignInAsync(string name, string password)
    {
        await _page.GetByLabel("Name").FillAsync(name);
        await _page.GetByLabel("Password").FillAsync(password);
        await Button("Sign in").ClickAsync();
    }

    private ILocator Heading(string name) => _page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    private ILocator Button(string name) => _page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private ILocator Menu(string name) =>
        _page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    [GeneratedRegex("#content$")]
    private static partial Regex AtContent();
}
