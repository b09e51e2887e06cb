using Microsoft.Extensions.DependencyInjection;

namespace Penstock.Engine;

/// <summary>Puts the engine into any .NET host.</summary>
public static class PenstockServices
{
    /// <summary>Adds the engine; the callback names a store and adds operations: <c>b => b.UseSqlite(path).AddProteins()</c>.</summary>
    public static IServiceCollection AddPenstock(this IServiceCollection services, Action<PenstockBuilder> configure)
    {
        configure(new PenstockBuilder(services));
        return services;
    }
}
