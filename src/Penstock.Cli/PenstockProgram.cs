using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Sqlite;

namespace Penstock.Cli;

/// <summary>The whole program (command line, server, console) as a library, for programs that add operations of their own.</summary>
public static class PenstockProgram
{
    /// <summary>Runs one command line, as <c>penstock</c> would, with what the callback adds.</summary>
    /// <param name="arguments">Those of <c>Main</c>.</param>
    /// <param name="configure">Adds operations and queues; <c>builder.Services</c> takes what they need. A store is there already.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Action<PenstockBuilder>? configure = null)
    {
        SqliteProcess.SkipMemoryStatistics();
        using StopSignals signals = new();
        CliEnvironment environment = CliEnvironment.OfProcess(signals.Stop, signals.StopNow);
        if (configure is not null)
            environment = environment with { ConfigureHost = web => AddFirst(web.Services, configure) };
        return await new CliApplication(environment).RunAsync(arguments);
    }

    /// <summary>Before everything else, so that the workspace has the last word: penstock.yaml may limit a queue that is added here.</summary>
    private static void AddFirst(IServiceCollection services, Action<PenstockBuilder> configure)
    {
        ServiceCollection own = new();
        configure(new PenstockBuilder(own));
        for (int i = 0; i < own.Count; i++)
            services.Insert(i, own[i]);
    }
}
