using Microsoft.Extensions.DependencyInjection;
using Penstock.Client.Configuration;
using Penstock.Client.Health;
using Penstock.Ops.Health;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>What the system says of itself, to people without a token too.</summary>
public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_living_process_answers_ok_in_the_documented_form()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using HttpClient anyone = server.Http();
        Assert.Equal("""{"status":"ok"}""", await anyone.GetStringAsync("/health", Cancel));
    }

    [Fact]
    public async Task A_server_with_a_worker_is_ready()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        ReadinessView ready = await server.ClientOf(null).ReadinessAsync(Cancel);
        while (ready.Checks.Any(check => check is { Name: "workers", Ready: false }))
            ready = await server.ClientOf(null).ReadinessAsync(Cancel);

        Assert.Equal("ready", ready.Status);
        Assert.Equal(["database", "workers", "disk"], ready.Checks.Select(check => check.Name));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/health/ready")).Status);
    }

    [Fact]
    public async Task Without_a_worker_the_system_is_not_ready_and_says_why()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);

        ReadinessView view = await server.ClientOf(null).ReadinessAsync(Cancel);

        Assert.Equal("not_ready", view.Status);
        Assert.Equal(["workers"], view.Checks.Where(check => !check.Ready).Select(check => check.Name));
        Assert.Equal(503, (await server.SendAsync(HttpMethod.Get, "/health/ready")).Status);
    }

    [Fact]
    public async Task A_disk_without_room_is_not_ready()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(
            runWorkers: false, services: services => services.Configure<HealthOptions>(health => health.FreeBytesMin = long.MaxValue));
        HealthCheckView disk = (await server.ClientOf(null).ReadinessAsync(Cancel)).Checks.Single(check => check.Name == "disk");
        Assert.False(disk.Ready);
        Assert.Contains($"{long.MaxValue} are needed", disk.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_throws_or_hangs_is_not_ready_and_holds_up_nothing()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(
            runWorkers: false,
            services: services =>
            {
                services.Configure<HealthOptions>(health => health.CheckTimeout = TimeSpan.FromMilliseconds(100));
                services.AddSingleton<IReadinessCheck>(new Check("broken", _ => throw new IOException("The device is gone.")));
                services.AddSingleton<IReadinessCheck>(new Check("stuck", _ => new TaskCompletionSource<HealthCheckView>().Task));
            });

        IReadOnlyList<HealthCheckView> checks = (await server.ClientOf(null).ReadinessAsync(Cancel)).Checks;

        Assert.Equal((false, "The device is gone."), Answer("broken"));
        Assert.False(Answer("stuck").Ready);

        (bool Ready, string Detail) Answer(string name) =>
            checks.Where(check => check.Name == name).Select(check => (check.Ready, check.Detail)).Single();
    }

    [Fact]
    public async Task The_settings_in_force_are_told_with_their_origin()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false, settings: [("worker.slots", "3")]);
        IReadOnlyList<ConfigValueView> settings = await server.Admin.ConfigAsync(Cancel);
        ConfigValueView slots = Assert.Single(settings, setting => setting.Key == "worker.slots");
        Assert.Equal((3, "command line --set"), (slots.Value.GetInt32(), slots.Origin));
        ConfigValueView lease = Assert.Single(settings, setting => setting.Key == "worker.lease_seconds");
        Assert.Equal((15, "s", "default"), (lease.Value.GetInt32(), lease.Unit, lease.Origin));
    }

    [Theory]
    [InlineData("text/html", 302)]
    [InlineData("application/json", 200)]
    [InlineData("*/*", 200)]
    public async Task The_bare_address_sends_people_to_the_console_and_tells_programs_where_to_go(string accept, int status)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        using HttpClient http = server.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.Add("Accept", accept);
        using HttpResponseMessage response = await http.SendAsync(request, Cancel);
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 302)
            Assert.Equal("/ui", response.Headers.Location?.OriginalString);
        else
            Assert.Contains("/openapi/v1.json", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private sealed class Check(string name, Func<CancellationToken, Task<HealthCheckView>> answer) : IReadinessCheck
    {
        public string Name => name;

        public Task<HealthCheckView> CheckAsync(CancellationToken cancellationToken) => answer(cancellationToken);
    }
}
