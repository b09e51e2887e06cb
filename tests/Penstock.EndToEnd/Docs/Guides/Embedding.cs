using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Sqlite;

namespace Penstock.EndToEnd.Docs.Guides;

/// <summary>What docs/guides/embedding.md shows.</summary>
internal static class Embedding
{
    public static IHost Host(string path)
    {
        #region host
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Services.AddPenstock(penstock => penstock
            .UseSqlite(path)
            .AddOperation<SendMail>("mail.send", "mail", "Sends one mail."));
        builder.Services.AddPenstockWorker(); // without it, the program only enqueues
        return builder.Build();
        #endregion
    }

    public static async Task EnqueueAsync(IJobClient jobs, CancellationToken cancellationToken)
    {
        #region enqueue
        // By class, checked against its payload; by name with any object; or as a request with settings.
        await jobs.EnqueueAsync<SendMail>(new SendMail.Payload("ada@example.org"), cancellationToken);
        await jobs.EnqueueAsync("mail.send", new { to = "bob@example.org" }, cancellationToken);
        await jobs.EnqueueAsync(
            jobs.New<SendMail>(new SendMail.Payload("eve@example.org")) with { Delay = TimeSpan.FromHours(1), IdempotencyKey = "welcome-eve" },
            cancellationToken);
        #endregion
    }

    public static async Task TransactionAsync(IJobTransactions transactions, CancellationToken cancellationToken)
    {
        #region transaction
        await using JobTransaction transaction = await transactions.BeginAsync(cancellationToken);
        await using (DbCommand insert = transaction.CreateCommand())
        {
            insert.CommandText = "insert into customer (name) values ('Ada')";
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.EnqueueAsync<SendMail>(new SendMail.Payload("ada@example.org"), cancellationToken);
        await transaction.CommitAsync(cancellationToken); // both, or neither; then the worker is woken
        #endregion
    }

    public static async Task OwnTransactionAsync(IJobTransactions transactions, DbTransaction own, CancellationToken cancellationToken)
    {
        #region enlist
        JobTransaction transaction = transactions.Enlist(own); // of your own connection, or of another library
        await transaction.EnqueueAsync("mail.send", new { to = "ada@example.org" }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        #endregion
    }

    public static async Task WithoutHostAsync(string path, CancellationToken cancellationToken)
    {
        #region script
        ServiceCollection services = new();
        services.AddLogging().AddPenstock(penstock => penstock
            .UseSqlite(path).AddOperation<SendMail>("mail.send", "mail", "Sends one mail."));
        await using ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<StoreStartup>().RunAsync(cancellationToken); // a host does this by itself
        await provider.GetRequiredService<IJobClient>().EnqueueAsync("mail.send", new { to = "ada@example.org" }, cancellationToken);
        #endregion
    }

    #region operation
    /// <summary>Sends one mail.</summary>
    /// <remarks>A crash after the sending sends it again: mail cannot do better. A table row could, by a key.</remarks>
    public sealed class SendMail : Operation<SendMail.Payload, SendMail.Result>
    {
        public sealed record Payload(string To);
        public sealed record Result(string Told);

        public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            await job.EmitAsync("mail.sent", new { payload.To }, cancellationToken);
            return new Result($"Hello {payload.To}");
        }
    }
    #endregion
}
