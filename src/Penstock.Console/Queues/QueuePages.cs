using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Queues;
using Penstock.Client.Resources;
using Penstock.Client.Workers;
using Penstock.Console.Hosting;

namespace Penstock.Console.Queues;

/// <summary>What waits and who takes it; one queue with its limits and controls.</summary>
internal static class QueuePages
{
    public static void MapQueuePages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/queues", ListAsync);
        pages.MapGet("/queues/{name}", ShowAsync);
        pages.MapPost("/queues/{name}/pause", PauseAsync);
        pages.MapPost("/queues/{name}/resume", ResumeAsync);
        pages.MapPost("/queues/{name}/purge", PurgeAsync);
        pages.MapPost("/queues/{name}/priority", PrioritiseAsync);
        pages.MapPost("/workers/{id}/drain", DrainWorkerAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<QueueView>> queues = call.Api.QueuesAsync(cancellationToken);
        Task<IReadOnlyList<ResourceView>> resources = call.Api.ResourcesAsync(cancellationToken);
        Task<IReadOnlyList<WorkerView>> workers = call.Api.WorkersAsync(cancellationToken);
        QueuesModel model = new(
            [.. (await queues).OrderBy(queue => queue.Name, StringComparer.Ordinal)], await resources, await workers);
        return await call.PageAsync<QueuesPage>(model, cancellationToken);
    }

    private static async Task<IResult> ShowAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<ResourceView>> resources = call.Api.ResourcesAsync(cancellationToken);
        QueueView queue = await call.Api.QueueAsync(name, cancellationToken);
        long jobs = queue.Ready + queue.Deferred + queue.Parked - queue.WaitingItems;
        ResourceView[] keys = [.. (await resources).Where(one => one.Name.StartsWith($"key:{name}:", StringComparison.Ordinal))];
        return await call.PageAsync<QueuePage>(
            new QueueModel(queue, new PurgeReply(name, true, jobs, queue.WaitingItems, queue.Running), keys), cancellationToken);
    }

    private static async Task<IResult> PauseAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        await call.Api.PauseQueueAsync(name, form.Text("reason"), cancellationToken);
        return Back(name, Notices.QueuePaused);
    }

    private static async Task<IResult> ResumeAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.ResumeQueueAsync(name, cancellationToken);
        return Back(name, Notices.QueueResumed);
    }

    private static async Task<IResult> PurgeAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        if (form.Text("name") != name)
            throw new InvalidFormException($"Type the name of the queue, {name}, to purge it.");
        await call.Api.PurgeQueueAsync(name, dryRun: false, cancellationToken);
        return Back(name, Notices.QueuePurged);
    }

    private static async Task<IResult> PrioritiseAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        int priority = form.Whole("priority") ?? throw new InvalidFormException("Fill in the field priority.");
        await call.Api.PrioritiseQueueAsync(name, priority, form.Text("operation"), cancellationToken);
        return Back(name, Notices.QueuePrioritised);
    }

    private static async Task<IResult> DrainWorkerAsync(string id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.DrainWorkerAsync(id, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Queues, ("notice", Notices.WorkerDrains)));
    }

    private static IResult Back(string name, string notice) =>
        ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Queue(name), ("notice", notice)));
}
