using Microsoft.Playwright;
using Penstock.Client.Security;
using Penstock.EndToEnd.Processes;
using Penstock.EndToEnd.Samples;
using Xunit;

namespace Penstock.EndToEnd.Browser;

/// <summary>A loaded server and a browser, for all tests of the console.</summary>
public sealed class ConsoleUnderTest : IAsyncLifetime
{
    public const string UserName = "ada";
    public const string Password = "correct horse battery";

    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal ServerProcess Server { get; private set; } = null!;
    internal LoadedWorkspace Loaded { get; private set; } = null!;

    // In CI a missing browser is a failure: skipped there, these tests would never run anywhere.
    internal static bool MayRun => File.Exists(Chromium) || Environment.GetEnvironmentVariable("CI") == "true";

    internal static string SkipReason => $"There is no browser at {Chromium}; install the package chromium.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!MayRun)
            return;
        Server = await ServerProcess.StartAsync(await ServerProcess.NewWorkspaceAsync(Cancel), Cancel);
        Loaded = await LoadedWorkspace.LoadAsync(Server, new ProteinSample(seed: 5, families: 6, references: 60, queries: 300), Cancel);
        await Server.Client.AddUserAsync(new NewUserRequest(UserName, "operator", Password), Cancel);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = Flags });
    }

    /// <summary>A fresh browser profile with one page.</summary>
    internal async Task<IPage> NewPageAsync(int width = 1280, int height = 800)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Server.Address.ToString(), ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
    }
}
