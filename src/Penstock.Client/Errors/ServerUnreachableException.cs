namespace Penstock.Client.Errors;

/// <summary>No server answered at the address.</summary>
public sealed class ServerUnreachableException(Uri? address, Exception inner) : Exception(
    $"No Penstock server answers at {address} ({inner.Message}). Start it with `penstock up`, or check the address.", inner)
{
    public string Code { get; } = "server-unreachable";
}
