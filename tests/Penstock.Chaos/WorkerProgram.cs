using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Workers;

namespace Penstock.Chaos;

/// <summary>One worker process: works until its input ends, or until it is killed.</summary>
internal static class WorkerProgram
{
    public static async Task<int> RunAsync(int number, Settings settings)
    {
        using FileLog log = new(Path.Combine(settings.Folder, $"worker-{number}.log"));
        using Journal journal = new(settings.JournalOf(number));
        await using ServiceProvider services = await ChaosServices.BuildAsync(settings, log, journal);
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
