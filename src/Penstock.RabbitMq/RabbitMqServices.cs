using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Engine;
using Penstock.Engine.Transport;

namespace Penstock.RabbitMq;

/// <summary>The transport between hosts.</summary>
public static class RabbitMqServices
{
    /// <summary>Wakes, and is woken by, all processes that use the same store, over RabbitMQ. The program runs without the broker, too.</summary>
    /// <exception cref="BrokerOptionsInvalidException"/>
    public static PenstockBuilder UseRabbitMq(this PenstockBuilder builder, RabbitMqOptions options)
    {
        builder.Services.AddSingleton(options.Resolved());
        builder.Services.TryAddSingleton<RabbitMqWakeUps>();
        builder.Services.Replace(ServiceDescriptor.Singleton<IWakeUps>(p => p.GetRequiredService<RabbitMqWakeUps>()));
        return builder;
    }
}
