using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Penstock.Tests.Server;
using Xunit;

namespace Penstock.Tests.Ops;

/// <summary>Metrics in the Prometheus text format: valid, and true.</summary>
public sealed partial class MetricTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_numbers_are_those_of_the_jobs_that_ran()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        for (int i = 0; i < 3; i++)
            await server.Admin.WaitForJobAsync(await server.EnqueueAsync("test.add", """{"a":2,"b":3}"""), null, Cancel);
        await server.Admin.WaitForJobAsync(await server.EnqueueAsync("test.fail"), null, Cancel);
        Guid running = await server.EnqueueAsync("test.wait");
        while ((await server.Admin.JobAsync(running, Cancel)).Status != "running")
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);

        Dictionary<string, double> samples = Parse((await server.SendAsync(HttpMethod.Get, "/metrics")).Body);

        Assert.Equal(3, samples["penstock_jobs_finished_total{queue=\"test.quick\",status=\"succeeded\"}"]);
        Assert.Equal(1, samples["penstock_jobs_finished_total{queue=\"test.quick\",status=\"failed\"}"]);
        Assert.Equal(1, samples["penstock_queue_units{queue=\"test.slow\",state=\"running\"}"]);
        Assert.Equal(0, samples["penstock_queue_oldest_age_seconds{queue=\"test.slow\"}"]);
        Assert.Equal(1, samples["penstock_dead_letters"]);
        Assert.Equal(1, samples["penstock_workers{state=\"running\"}"]);
        Assert.True(samples["penstock_events_written_total"] >= 14);
        Assert.True(samples["process_resident_memory_bytes"] > 1_000_000);
        // The meters count for the whole process, so other hosts of this run may have added to them.
        string labels = "operation=\"test.add\",outcome=\"returned\",queue=\"test.quick\"";
        Assert.True(samples[$"penstock_job_duration_seconds_count{{{labels}}}"] >= 3);
        Assert.Equal(
            samples[$"penstock_job_duration_seconds_count{{{labels}}}"],
            samples[$"penstock_job_duration_seconds_bucket{{{labels},le=\"+Inf\"}}"]);
    }

    [Fact]
    public async Task Every_sample_belongs_to_the_family_announced_before_it_and_buckets_never_fall()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        await server.Admin.WaitForJobAsync(await server.EnqueueAsync("test.add", """{"a":2,"b":3}"""), null, Cancel);
        string text = (await server.SendAsync(HttpMethod.Get, "/metrics")).Body;

        HashSet<string> families = [];
        string family = "", help = "";
        double lastBucket = 0;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                help = line.Split(' ')[2];
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.Equal(help, family);
                Assert.True(families.Add(family), $"{family} is announced twice");
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, $"no sample: {line}");
                Assert.StartsWith(family, sample.Groups["name"].Value, StringComparison.Ordinal);
                double value = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
                bool bucket = sample.Groups["name"].Value.EndsWith("_bucket", StringComparison.Ordinal);
                Assert.True(!bucket || line.Contains("le=\"0.001\"", StringComparison.Ordinal) || value >= lastBucket, line);
                lastBucket = bucket ? value : 0;
            }
        }
        Assert.Contains("penstock_job_duration_seconds", families);
        Assert.Contains("http_server_request_duration_seconds", families);
    }

    [Fact]
    public async Task Promtool_has_nothing_to_say()
    {
        Assert.SkipUnless(IsInstalled("promtool"), "promtool (Debian package prometheus) is not installed.");
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        await server.Admin.WaitForJobAsync(await server.EnqueueAsync("test.add", """{"a":2,"b":3}"""), null, Cancel);
        string text = (await server.SendAsync(HttpMethod.Get, "/metrics")).Body;

        using Process promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        string said = await promtool.StandardOutput.ReadToEndAsync(Cancel) + await promtool.StandardError.ReadToEndAsync(Cancel);
        await promtool.WaitForExitAsync(Cancel);

        Assert.Equal((0, ""), (promtool.ExitCode, said));
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static Dictionary<string, double> Parse(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !line.StartsWith('#'))
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    [GeneratedRegex("^(?<name>[a-z_]+)(\\{([a-z_]+=\"[^\"]*\",?)*\\})? (?<value>[0-9.E+-]+|\\+Inf)$")]
    private static partial Regex Sample();
}
