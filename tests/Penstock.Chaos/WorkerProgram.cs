using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Workers;

namespace Penstock.Chaos;

/// <summary>One worker process: works until its input ends, or until it is killed.</summary>
internal static class WorkerProgram
{
    public static async Task<int> RunAsync(string folder, int number, int slots, int leaseSeconds, string store)
    {
        using FileLog log = new(Path.Combine(folder, $"worker-{number}.log"));
        using Journal journal = new(ChaosServices.JournalOf(folder, number));
        await using ServiceProvider services = await ChaosServices.BuildAsync(folder, store, slots, leaseSeconds, log, journal);
        Worker worker = services.GetRequiredService<Worker>();
        using CancellationTokenSource stop = new();
        Task[] chores =
        [
            services.GetRequiredService<Reaper>().RunAsync(stop.Token),
            services.GetRequiredService<Recovery>().RunAsync(stop.Token),
        ];
        Task working = worker.RunAsync(stop.Token);
        await Console.In.ReadToEndAsync();
        await stop.CancelAsync();
        await working;
        try
        {
            await Task.WhenAll(chores);
        }
        catch (OperationCanceledException)
        {
            // Chores end by cancellation.
        }
        return 0;
    }
}
