namespace Penstock.Engine.Storage;

/// <summary>What an artifact store can do besides: hand out addresses from which anybody may fetch one artifact for a while.</summary>
/// <remarks>Large downloads then bypass the server. Only useful where those who download can reach the store's own address.</remarks>
public interface IPresignedArtifacts
{
    /// <summary>An address for GET, valid for the time the store is configured with; whoever has it needs no other right.</summary>
    /// <exception cref="ArtifactNotFoundException"/>
    Task<Uri> PresignAsync(string name, CancellationToken cancellationToken);
}
