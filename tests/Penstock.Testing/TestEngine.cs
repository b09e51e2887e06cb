using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Engine.Workers;
using Penstock.Postgres;
using Penstock.Sql;
using Penstock.Sqlite;
using Penstock.TestKit.Hosting;

namespace Penstock.Testing;

/// <summary>The whole engine in a test of the engine itself: real store, real worker on real threads, the operations the test adds.</summary>
/// <remarks>Composed as <see cref="PenstockTestHost"/> is, which is for everything that does not need threads and real time.</remarks>
public sealed class TestEngine : IAsyncDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private Task _worker = Task.CompletedTask;

    private TestEngine(ServiceProvider services) => Services = services;

    public ServiceProvider Services { get; }
    public IJobClient Client => Services.GetRequiredService<IJobClient>();
    public IJobStore Store => Services.GetRequiredService<IJobStore>();
    public IJobReader Reader => Services.GetRequiredService<IJobReader>();
    public SqlDatabase Database => Services.GetRequiredService<SqlDatabase>();

    /// <param name="path">A file, <c>:memory:</c>, or the connection string of a PostgreSQL database.</param>
    public static async Task<TestEngine> StartAsync(
        Action<PenstockBuilder> configure, string path = ":memory:", TimeProvider? time = null, Action<IServiceCollection>? before = null)
    {
        ServiceCollection services = TestServices.Compose(
            configure, builder => UseStore(builder, path),
            first =>
            {
                if (time is not null)
                    first.AddSingleton(time);
                before?.Invoke(first);
            });
        TestEngine engine = new(services.BuildServiceProvider());
        await engine.Services.GetRequiredService<StoreStartup>().RunAsync(CancellationToken.None);
        return engine;
    }

    private static void UseStore(PenstockBuilder builder, string path)
    {
        if (PostgresServer.IsConnectionString(path))
            builder.UsePostgres(new PostgresOptions(path) { ReadersMax = 8 });
        else
            builder.UseSqlite(path);
    }

    /// <summary>Starts the worker; it drains when the engine is disposed.</summary>
    public void RunWorker() => _worker = Services.GetRequiredService<Worker>().RunAsync(_drain.Token);

    public async Task<Job> WaitForEndAsync(Guid jobId, TimeSpan? within = null)
    {
        using CancellationTokenSource limit = new(within ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            Job job = await Reader.FindAsync(jobId, limit.Token) ?? throw new JobNotFoundException(jobId);
            if (job.Status.IsTerminal())
                return job;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    /// <summary>Lets the worker drain, and waits for it; the store stays open.</summary>
    public async Task DrainAsync()
    {
        await _drain.CancelAsync();
        await _worker;
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        await Services.DisposeAsync();
        _drain.Dispose();
    }
}
