using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Transport;

namespace Penstock.Engine;

/// <summary>Collects what a program adds to the engine: operations, queues, a store.</summary>
public sealed class PenstockBuilder(IServiceCollection services)
{
    public IServiceCollection Services { get; } = services;

    /// <summary>Registers an operation under its name and home queue.</summary>
    public PenstockBuilder AddOperation<TOperation>(
        string name, string queueName, string summary, RetryPolicy? retry = null, TimeSpan? timeout = null)
        where TOperation : class, IOperation =>
        Add(typeof(TOperation), name, queueName, summary, retry, timeout);

    /// <summary>Registers the code for items of a batch, and the queue they wait in.</summary>
    public PenstockBuilder AddItemOperation<TOperation>(
        string name, string queueName, string summary, RetryPolicy? retry = null, TimeSpan? timeout = null)
        where TOperation : class, IItemOperation =>
        Add(typeof(TOperation), name, queueName, summary, retry, timeout);

    public PenstockBuilder AddQueue(QueueDefinition queue)
    {
        Services.AddSingleton(queue);
        return this;
    }

    /// <summary>Wakes, and is woken by, the other processes that use the same store on this machine.</summary>
    public PenstockBuilder UseNeighbours(NeighbourOptions neighbours)
    {
        Services.AddSingleton(neighbours);
        Services.Replace(ServiceDescriptor.Singleton<IWakeUps, NeighbourWakeUps>());
        return this;
    }

    private PenstockBuilder Add(Type type, string name, string queueName, string summary, RetryPolicy? retry, TimeSpan? timeout)
    {
        Services.AddTransient(type);
        Services.AddSingleton(new OperationDefinition(name, type, queueName, retry ?? RetryPolicy.Default)
        {
            Summary = summary,
            Timeout = timeout,
            PayloadType = PayloadTypeOf(type),
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
