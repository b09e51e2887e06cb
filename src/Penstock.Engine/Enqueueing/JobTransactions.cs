using System.Data.Common;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Enqueueing;

internal sealed class JobTransactions(IJobClient jobs, JobDrafting drafting, IStoreConnections connections) : IJobTransactions
{
    public async Task<JobTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        DbConnection connection = await connections.OpenAsync(cancellationToken);
        try
        {
            return new JobTransaction(jobs, drafting, await connection.BeginTransactionAsync(cancellationToken), isOwner: true);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public JobTransaction Enlist(DbTransaction transaction) => new(jobs, drafting, transaction, isOwner: false);
}
