using Microsoft.AspNetCore.Components;
using Penstock.Console.Hosting;

namespace Penstock.Console.Layout;

/// <summary>A page without content of its own to be given.</summary>
/// <remarks>Public with all it shows: the Razor compiler makes every component public.</remarks>
public abstract class ConsolePage : ComponentBase
{
    [Parameter]
    public PageFrame Frame { get; set; } = null!;
}

/// <summary>A page that shows a model its endpoint has read from the API.</summary>
public abstract class ConsolePage<TModel> : ConsolePage
{
    [Parameter]
    public TModel Model { get; set; } = default!;
}
