using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Penstock.Testing;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>The sample that embeds the engine: an order and its job are one, whatever happens to the process.</summary>
public sealed class OrderDeskTests
{
    private const int Rounds = 3;
    private const int OrdersPerRound = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_that_is_refused_leaves_neither_order_nor_job()
    {
        string folder = TestFolder.New();
        await using OrderDesk desk = await OrderDesk.StartAsync(folder);
        Assert.Equal(HttpStatusCode.Created, (await desk.PlaceAsync("Ada", "valve", 2)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await desk.PlaceAsync("Bob", "valve", 99)).StatusCode);
        Assert.Equal(
            (1L, 1L, 3L),
            (Count(folder, "select count(*) from orders"), Count(folder, "select count(*) from job"), Count(folder, "select quantity from stock where item = 'valve'")));
    }

    [Fact]
    public async Task A_kill_at_any_moment_leaves_each_order_with_its_job_and_each_is_confirmed_once()
    {
        string folder = TestFolder.New();
        int answered = 0;
        for (int round = 0; round < Rounds; round++)
        {
            await using OrderDesk desk = await OrderDesk.StartAsync(folder);
            Task<int>[] customers = [.. Enumerable.Range(0, 6).Select(_ => OrderUntilGoneAsync(desk))];
            // Killed while they order: by the number of orders stored, so that no clock decides.
            long before = Count(folder, "select count(*) from orders");
            while (Count(folder, "select count(*) from orders") < before + OrdersPerRound)
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancel);
            desk.Kill();
            answered += (await Task.WhenAll(customers)).Sum();

            Assert.Equal("ok", Text(folder, "pragma integrity_check"));
            Assert.Equal(Count(folder, "select count(*) from orders"), Count(folder, "select count(*) from job"));
            Assert.Equal(0, Count(folder, "select count(*) from orders where job_id not in (select id from job)"));
            Assert.Equal(1_000 - Count(folder, "select count(*) from orders"), Count(folder, "select quantity from stock where item = 'turbine'"));
        }
        long stored = Count(folder, "select count(*) from orders");
        Assert.InRange(stored, answered, long.MaxValue);

        await using OrderDesk last = await OrderDesk.StartAsync(folder);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (Count(folder, "select count(*) from job where status <> 'succeeded'") > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        Assert.Equal((stored, stored), (Count(folder, "select count(*) from confirmation"), Count(folder, "select count(*) from orders where confirmed_at is not null")));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Rounds} kills, {answered} orders answered, {stored} stored and confirmed");
    }

    /// <returns>How many orders were answered with 201.</returns>
    private static async Task<int> OrderUntilGoneAsync(OrderDesk desk)
    {
        int placed = 0;
        try
        {
            while ((await desk.PlaceAsync("Ada", "turbine", 1)).StatusCode == HttpStatusCode.Created)
                placed++;
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
        return placed;
    }

    private static long Count(string folder, string sql) => Convert.ToInt64(Scalar(folder, sql), System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(string folder, string sql) => (string)Scalar(folder, sql);

    private static object Scalar(string folder, string sql)
    {
        using SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "orders.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }

    private sealed class OrderDesk : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _http;

        private OrderDesk(Process process, Uri address) => (_process, _http) = (process, new HttpClient { BaseAddress = address });

        public static async Task<OrderDesk> StartAsync(string folder)
        {
            string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            ProcessStartInfo start = new("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true };
            foreach (string argument in (string[])[
                Path.Combine(Repository.Root, "samples", "OrderDesk", "bin", configuration, "net10.0", "OrderDesk.dll"),
                "--urls", "http://127.0.0.1:0", "--data", folder, "--Logging:LogLevel:Microsoft.AspNetCore=Warning"])
                start.ArgumentList.Add(argument);
            Process process = new() { StartInfo = start };
            TaskCompletionSource<Uri> listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
            process.OutputDataReceived += (_, line) =>
            {
                const string words = "Now listening on: ";
                int at = line.Data?.IndexOf(words, StringComparison.Ordinal) ?? -1;
                if (at >= 0)
                    listens.TrySetResult(new Uri(line.Data![(at + words.Length)..]));
            };
            process.Start();
            process.BeginOutputReadLine();
            try
            {
                return new OrderDesk(process, await listens.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancel));
            }
            catch
            {
                process.Kill();
                throw;
            }
        }

        public Task<HttpResponseMessage> PlaceAsync(string customer, string item, int quantity) =>
            _http.PostAsJsonAsync("orders", new { customer, item, quantity }, Cancel);

        public void Kill() => _process.Kill(); // SIGKILL

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
            _http.Dispose();
        }
    }
}
