using System.Data.Common;

namespace Penstock.Engine.Enqueueing;

/// <summary>Transactions that hold a program's own writes and its jobs: both exist, or neither.</summary>
public interface IJobTransactions
{
    /// <summary>On a connection of its own to the store's database, where the program's tables are too.</summary>
    /// <remarks>In SQLite it holds the only write lock: every other writer, heartbeats too, waits for its end. Keep it short.</remarks>
    Task<JobTransaction> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Over a transaction that the caller began on a connection to the store's database, by hand or by another library.</summary>
    /// <remarks>The caller disposes it; <see cref="JobTransaction.CommitAsync"/> commits it.</remarks>
    JobTransaction Enlist(DbTransaction transaction);
}
