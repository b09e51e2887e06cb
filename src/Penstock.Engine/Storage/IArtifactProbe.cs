namespace Penstock.Engine.Storage;

/// <summary>What an artifact store in another system can do besides: find out whether everything it needs there is allowed.</summary>
public interface IArtifactProbe
{
    /// <summary>Writes an object of its own, reads it back, lists it and deletes it.</summary>
    /// <returns>Where the store is, in words; no secrets.</returns>
    /// <exception cref="PenstockException">What does not work, and what to do.</exception>
    Task<string> ProbeAsync(CancellationToken cancellationToken);
}
