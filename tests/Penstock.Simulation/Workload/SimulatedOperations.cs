using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;

namespace Penstock.Simulation.Workload;

/// <summary>The operations and queues of the simulated program, and how a worker makes them.</summary>
internal static class SimulatedOperations
{
    private static readonly RetryPolicy Quick = new(3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    public static readonly IReadOnlyList<QueueDefinition> Queues =
    [
        new("plain") { Finished = FinishedPolicy.Requeueable }, new("single", 1), new("pair", 2), new("fragile", OnLost: LostPolicy.Fail),
        new("fans") { Finished = FinishedPolicy.Requeueable }, new("cut"), new("write", 3),
        new("keyed") { MaxRunningPerKey = 2, RatePerKey = new RateLimit(3, TimeSpan.FromSeconds(4)) },
        new("rated") { Rate = new RateLimit(2, TimeSpan.FromSeconds(3)) },
    ];

    public static readonly IReadOnlyList<ResourceDefinition> Resources =
    [
        new("gpu", 1), new("licence", 3), new("service", 2) { Rate = new RateLimit(2, TimeSpan.FromSeconds(2)) },
    ];

    public static bool IsRequeueable(string queueName) =>
        Queues.Any(q => q.Name == queueName && q.Finished == FinishedPolicy.Requeueable);

    /// <summary>What workers know.</summary>
    public static readonly OperationRegistry Registry = new(Definitions(), Queues, Resources);

    /// <summary>What clients know: also an operation that no worker has any more.</summary>
    public static readonly OperationRegistry ClientRegistry = new(
        [.. Definitions(), Define<ScriptedOperation, ScriptedOperation.Payload>("sim.retired", "plain")], Queues, Resources);

    public static IServiceScopeFactory For(WorkerNode node) => new Scopes(node);

    private static IEnumerable<OperationDefinition> Definitions() =>
    [
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.step", "plain"),
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.single", "single"),
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.pair", "pair"),
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.fragile", "fragile"),
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.timed", "plain") with { Timeout = TimeSpan.FromSeconds(4) },
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.sealed", "plain") with { EncryptsPayload = true },
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.tick", "plain"),
        Define<FamilyOperation, FamilyOperation.Payload>("sim.family", "plain"),
        Define<FlowOperation, FlowOperation.Payload>("sim.flow", "plain"),
        Define<FanOperation, FanOperation.Payload>("sim.fan", "fans"),
        Define<CutItem, FanItem>("sim.cut", "cut"),
        Define<WriteItem, FanItem>("sim.write", "write") with { Resources = Needs(("licence", 1)), EncryptsPayload = true },
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.gpu", "plain") with { Resources = Needs(("gpu", 1)) },
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.both", "pair") with { Resources = Needs(("gpu", 1), ("licence", 2)) },
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.service", "fragile") with { Resources = Needs(("service", 1)) },
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.keyed", "keyed"),
        Define<ScriptedOperation, ScriptedOperation.Payload>("sim.rated", "rated"),
    ];

    private static Dictionary<string, int> Needs(params (string Resource, int Units)[] needs) => needs.ToDictionary(n => n.Resource, n => n.Units);

    private static OperationDefinition Define<TOperation, TPayload>(string name, string queue) =>
        new(name, typeof(TOperation), queue, Quick) { PayloadType = typeof(TPayload) };

    private sealed class Scopes(WorkerNode node) : IServiceScopeFactory, IServiceScope, IServiceProvider
    {
        public IServiceProvider ServiceProvider => this;

        public IServiceScope CreateScope() => this;

        public object? GetService(Type serviceType) =>
            serviceType == typeof(ScriptedOperation) ? new ScriptedOperation(node)
            : serviceType == typeof(FamilyOperation) ? new FamilyOperation(node)
            : serviceType == typeof(FlowOperation) ? new FlowOperation(node)
            : serviceType == typeof(FanOperation) ? new FanOperation(node)
            : serviceType == typeof(CutItem) ? new CutItem(node)
            : serviceType == typeof(WriteItem) ? new WriteItem(node)
            : null;

        public void Dispose()
        {
            // Operations of the simulation own nothing.
        }
    }
}
