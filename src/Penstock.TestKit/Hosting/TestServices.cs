using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Sqlite;

namespace Penstock.TestKit.Hosting;

/// <summary>The engine's services as tests compose them.</summary>
internal static class TestServices
{
    /// <param name="before">Registered first: the engine keeps what is there.</param>
    public static ServiceCollection Compose(Action<PenstockBuilder> configure, string path, Action<IServiceCollection> before) =>
        Compose(configure, builder => builder.UseSqlite(path), before);

    /// <param name="store">Chooses the backend.</param>
    public static ServiceCollection Compose(
        Action<PenstockBuilder> configure, Action<PenstockBuilder> store, Action<IServiceCollection> before)
    {
        ServiceCollection services = new();
        services.AddLogging();
        before(services);
        services.AddPenstock(builder =>
        {
            store(builder);
            configure(builder);
        });
        return services;
    }

    /// <summary>Puts the watch around every operation; its registration keeps name, queue and policy.</summary>
    public static void Watch(this IServiceCollection services)
    {
        foreach (ServiceDescriptor descriptor in services.Where(d => d.ServiceType == typeof(OperationDefinition)).ToList())
        {
            if (descriptor.ImplementationInstance is not OperationDefinition definition || Wrapper(definition.Implementation) is not { } wrapper)
                continue;
            services.Remove(descriptor);
            services.TryAddTransient(wrapper);
            services.AddSingleton(definition with { Implementation = wrapper });
        }
    }

    // None around an external operation: there is nothing here that runs.
    private static Type? Wrapper(Type? implementation) =>
        implementation is null ? null
        : implementation.IsAssignableTo(typeof(IOperation)) ? typeof(WatchedOperation<>).MakeGenericType(implementation)
        : implementation.IsAssignableTo(typeof(IItemOperation)) ? typeof(WatchedItemOperation<>).MakeGenericType(implementation)
        : null;
}
