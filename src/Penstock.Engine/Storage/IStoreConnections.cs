using System.Data.Common;

namespace Penstock.Engine.Storage;

/// <summary>Connections to the store's database for a program's own tables and transactions.</summary>
public interface IStoreConnections
{
    /// <summary>An open connection with the settings the store uses itself; the caller disposes it.</summary>
    Task<DbConnection> OpenAsync(CancellationToken cancellationToken);
}
