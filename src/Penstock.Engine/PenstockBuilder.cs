using System.Collections.ObjectModel;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Engine.Exec;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Transport;

namespace Penstock.Engine;

/// <summary>Collects what a program adds to the engine: operations, queues, a store.</summary>
public sealed class PenstockBuilder(IServiceCollection services)
{
    public IServiceCollection Services { get; } = services;

    /// <summary>Registers an operation under its name and home queue.</summary>
    public PenstockBuilder AddOperation<TOperation>(
        string name, string queueName, string summary, RetryPolicy? retry = null, TimeSpan? timeout = null,
        IReadOnlyDictionary<string, int>? resources = null, OperationSecrecy? secrecy = null)
        where TOperation : class, IOperation =>
        Add(typeof(TOperation), name, queueName, summary, retry, timeout, resources, secrecy);

    /// <summary>Registers the code for items of a batch, and the queue they wait in.</summary>
    public PenstockBuilder AddItemOperation<TOperation>(
        string name, string queueName, string summary, RetryPolicy? retry = null, TimeSpan? timeout = null,
        IReadOnlyDictionary<string, int>? resources = null, OperationSecrecy? secrecy = null)
        where TOperation : class, IItemOperation =>
        Add(typeof(TOperation), name, queueName, summary, retry, timeout, resources, secrecy);

    /// <summary>Registers an operation that runs a program of the system: see <see cref="ExecDefinition"/>.</summary>
    /// <exception cref="ExecInvalidException">With everything wrong about it.</exception>
    public PenstockBuilder AddExecOperation(ExecDefinition exec)
    {
        exec.Check();
        Services.TryAddTransient<ExecOperation>();
        Services.AddSingleton(new OperationDefinition(exec.Name, typeof(ExecOperation), exec.QueueName, exec.Retry)
        {
            Summary = exec.Summary,
            Timeout = exec.Timeout,
            PayloadType = typeof(JsonElement),
            Exec = exec,
            Resources = exec.Resources,
            EncryptsPayload = exec.EncryptsPayload,
            MaskedFields = exec.MaskedFields,
        });
        return this;
    }

    /// <summary>Registers an operation that workers outside this program run; its payload may be any JSON object.</summary>
    /// <remarks>Its queue must hold external operations only: workers of this program leave such a queue alone.</remarks>
    public PenstockBuilder AddExternalOperation(
        string name, string queueName, string summary, RetryPolicy? retry = null, TimeSpan? timeout = null,
        IReadOnlyDictionary<string, int>? resources = null, OperationSecrecy? secrecy = null)
    {
        Services.AddSingleton(new OperationDefinition(name, null, queueName, retry ?? RetryPolicy.Default)
        {
            Summary = summary,
            Timeout = timeout,
            PayloadType = typeof(JsonElement),
            Resources = resources ?? ReadOnlyDictionary<string, int>.Empty,
            EncryptsPayload = secrecy?.EncryptsPayload is true,
            MaskedFields = secrecy?.MaskedFields ?? [],
        });
        return this;
    }

    public PenstockBuilder AddQueue(QueueDefinition queue)
    {
        Services.AddSingleton(queue);
        return this;
    }

    /// <summary>Declares a schedule: it exists from the next start on, as said here; see <see cref="ScheduleDefinition"/>.</summary>
    public PenstockBuilder AddSchedule(ScheduleDefinition schedule)
    {
        Services.AddSingleton(schedule);
        return this;
    }

    /// <inheritdoc cref="AddSchedule(ScheduleDefinition)"/>
    /// <param name="payload">The operation's payload record.</param>
    public PenstockBuilder AddSchedule(ScheduleDefinition schedule, object payload) =>
        AddSchedule(schedule with { Payload = PayloadJson.Write(payload) });

    /// <summary>Wakes, and is woken by, the other processes that use the same store on this machine.</summary>
    public PenstockBuilder UseNeighbours(NeighbourOptions neighbours)
    {
        Services.AddSingleton(neighbours);
        Services.Replace(ServiceDescriptor.Singleton<IWakeUps, NeighbourWakeUps>());
        return this;
    }

    /// <summary>Declares a resource that operations may need; see <see cref="OperationDefinition.Resources"/>.</summary>
    public PenstockBuilder AddResource(string name, int capacity, RateLimit? rate = null)
    {
        Services.AddSingleton(new ResourceDefinition(name, capacity) { Rate = rate });
        return this;
    }

    private PenstockBuilder Add(
        Type type, string name, string queueName, string summary, RetryPolicy? retry, TimeSpan? timeout,
        IReadOnlyDictionary<string, int>? resources, OperationSecrecy? secrecy)
    {
        Services.AddTransient(type);
        Services.AddSingleton(new OperationDefinition(name, type, queueName, retry ?? RetryPolicy.Default)
        {
            Summary = summary,
            Timeout = timeout,
            PayloadType = PayloadTypeOf(type),
            Resources = resources ?? ReadOnlyDictionary<string, int>.Empty,
            EncryptsPayload = secrecy?.EncryptsPayload is true,
            MaskedFields = secrecy?.MaskedFields ?? [],
        });
        return this;
    }

    private static Type PayloadTypeOf(Type type)
    {
        for (Type? current = type; current is not null; current = current.BaseType)
        {
            if (current.IsGenericType &&
                (current.GetGenericTypeDefinition() == typeof(Operation<,>)
                 || current.GetGenericTypeDefinition() == typeof(Coordinator<,>)
                 || current.GetGenericTypeDefinition() == typeof(ItemOperation<>)))
                return current.GetGenericArguments()[0];
        }
        throw new ArgumentException($"{type} derives from none of Operation, Coordinator, ItemOperation.", nameof(type));
    }
}
