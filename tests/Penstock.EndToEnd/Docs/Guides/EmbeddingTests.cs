using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Health;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.TestKit;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd.Docs.Guides;

/// <summary>The code of the embedding guide does what the guide says.</summary>
public sealed class EmbeddingTests
{
    private const string CreateTable = "create table if not exists customer (name text not null)";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_makes_its_schema_and_runs_what_is_enqueued_in_each_way()
    {
        using IHost host = Embedding.Host(TestFolder.NewFile("host.db"));
        await host.StartAsync(Cancel);
        await Embedding.EnqueueAsync(host.Services.GetRequiredService<IJobClient>(), Cancel);
        IJobReader reader = host.Services.GetRequiredService<IJobReader>();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await reader.ListAsync(new JobFilter(), limit.Token)).Count(j => j.Status == JobStatus.Succeeded) < 2)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        Job delayed = Assert.Single(await reader.ListAsync(new JobFilter(JobStatus.Queued), Cancel));
        Assert.Equal("welcome-eve", delayed.IdempotencyKey);
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_transaction_holds_the_programs_row_and_the_job_together()
    {
        await using PenstockTestHost host = await StartAsync();
        IJobTransactions transactions = host.Services.GetRequiredService<IJobTransactions>();
        await using (JobTransaction abandoned = await transactions.BeginAsync(Cancel))
        {
            await RunAsync(abandoned, CreateTable);
            await abandoned.EnqueueAsync("mail.send", new { to = "nobody" }, Cancel);
        }
        await host.Jobs.AssertNotEnqueuedAsync("mail.send", cancellationToken: Cancel);

        await using (JobTransaction table = await transactions.BeginAsync(Cancel))
        {
            await RunAsync(table, CreateTable);
            await table.CommitAsync(Cancel);
        }
        await Embedding.TransactionAsync(transactions, Cancel);
        await host.RunUntilIdleAsync(Cancel);
        EnqueuedJob sent = await host.Jobs.AssertEnqueuedAsync<Embedding.SendMail.Payload>("mail.send", p => p.To == "ada@example.org", Cancel);
        Assert.Equal(JobStatus.Succeeded, sent.Status);

        await using DbConnection own = await host.Services.GetRequiredService<IStoreConnections>().OpenAsync(Cancel);
        await using (DbTransaction transaction = await own.BeginTransactionAsync(Cancel))
            await Embedding.OwnTransactionAsync(transactions, transaction, Cancel);
        await host.Jobs.AssertCountAsync(2, "mail.send", cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_class_that_is_not_registered_and_a_payload_of_another_are_refused_with_the_reason()
    {
        await using PenstockTestHost host = await StartAsync();
        InvalidJobException unknown = await Assert.ThrowsAsync<InvalidJobException>(() => host.Client.EnqueueAsync<EmbeddingTests>(new object(), Cancel));
        Assert.Equal("No operation is registered with the class EmbeddingTests; add it with AddOperation<EmbeddingTests>.", unknown.Message);
        InvalidJobException other = await Assert.ThrowsAsync<InvalidJobException>(() => host.Client.EnqueueAsync<Embedding.SendMail>(new { To = "x" }, Cancel));
        Assert.StartsWith("mail.send takes a payload of", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_without_a_host_prepares_the_store_itself()
    {
        string path = TestFolder.NewFile("script.db");
        await Embedding.WithoutHostAsync(path, Cancel);
        await using PenstockTestHost host = await StartAsync(path);
        await host.Jobs.AssertCountAsync(1, "mail.send", cancellationToken: Cancel);
    }

    [Fact]
    public async Task Jobs_that_wait_for_nobody_degrade_the_hosts_health()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<IJobReader>(_ => _idle!.Reader);
        services.AddHealthChecks().AddPenstock();
        await using PenstockTestHost host = await StartAsync();
        _idle = host;
        await using ServiceProvider provider = services.BuildServiceProvider();
        HealthCheckService health = provider.GetRequiredService<HealthCheckService>();
        await host.EnqueueAsync("mail.send", new Embedding.SendMail.Payload("x"), Cancel);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Cancel)).Status);

        // Its only worker is gone from the list: what waits has nobody.
        IJobStore store = host.Services.GetRequiredService<IJobStore>();
        foreach (WorkerState worker in await host.Reader.WorkersAsync(Cancel))
            await store.RetireWorkerAsync(worker.Id, Cancel);
        HealthReport report = await health.CheckHealthAsync(Cancel);
        Assert.Equal((HealthStatus.Degraded, "1 jobs wait and no worker is alive. Start one."), (report.Status, report.Entries["penstock"].Description));
    }

    private PenstockTestHost? _idle;

    private static Task<PenstockTestHost> StartAsync(string? path = null) => PenstockTestHost.StartAsync(
        penstock => penstock.AddOperation<Embedding.SendMail>("mail.send", "mail", "Sends one mail."),
        options => options.DatabasePath = path ?? TestFolder.NewFile("test.db"), Cancel);

    private static async Task RunAsync(JobTransaction transaction, string sql)
    {
        await using DbCommand command = transaction.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
