using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Transport;
using Penstock.RabbitMq.Undecodable;

namespace Penstock.RabbitMq;

/// <summary>The transport between hosts.</summary>
public static class RabbitMqServices
{
    /// <summary>Wakes, and is woken by, all processes that use the same store, over RabbitMQ. The program runs without the broker, too.</summary>
    /// <exception cref="BrokerOptionsInvalidException"/>
    public static PenstockBuilder UseRabbitMq(this PenstockBuilder builder, RabbitMqOptions options)
    {
        builder.Services.AddSingleton(options.Resolved());
        // The client needs the transport, so it is looked up when there is something to store.
        builder.Services.TryAddSingleton(p => new RabbitMqWakeUps(
            p.GetRequiredService<RabbitMqOptions>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<RabbitMqWakeUps>>(),
            (message, token) => p.GetRequiredService<IJobClient>().EnqueueAsync(ReportMessage.JobOf(message), token)));
        builder.Services.Replace(ServiceDescriptor.Singleton<IWakeUps>(p => p.GetRequiredService<RabbitMqWakeUps>()));
        return builder.AddOperation<ReportMessage>(
            ReportMessage.OperationName, ReportMessage.QueueName, "Brings a message that is no wake-up among the dead letters, for people to review.",
            ReportMessage.Once);
    }
}
