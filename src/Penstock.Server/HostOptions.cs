using Microsoft.AspNetCore.Builder;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Server;

/// <summary>What one process of a workspace does.</summary>
public sealed class HostOptions
{
    public required EffectiveConfiguration Configuration { get; init; }

    /// <summary>Addresses to listen on. Null: those of the configuration. Port 0 takes a free one; <c>app.Urls</c> then tells which.</summary>
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>Whether this process takes jobs; false: it only answers HTTP.</summary>
    public bool RunWorkers { get; init; } = true;

    /// <summary>Whether the web console is served under <c>/ui</c>.</summary>
    public bool Console { get; init; } = true;

    /// <summary>Whether it answers HTTP; false: it only works, and ends when its worker was drained.</summary>
    public bool ListensHttp { get; init; } = true;

    /// <summary>Its log file in logs/, without <c>.log</c>. Each process has one of its own.</summary>
    public string LogName { get; init; } = "penstock";

    /// <summary>Whether log lines also go to standard error, for people.</summary>
    public bool LogToConsole { get; init; } = true;

    /// <summary>Last word on the composition: a test replaces the clock or the transport here.</summary>
    public Action<WebApplicationBuilder>? Configure { get; init; }
}
