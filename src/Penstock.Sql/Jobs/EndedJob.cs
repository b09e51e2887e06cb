namespace Penstock.Sql.Jobs;

/// <summary>A job that ends in this transaction, as its last update returned it.</summary>
/// <param name="ParentJobId">Who has to be told; null: nobody.</param>
internal sealed record EndedJob(Guid Id, string QueueName, Guid? ParentJobId, JobTies Ties)
{
    /// <summary>Its row is gone: it can never be redriven, so nobody may go on waiting for it.</summary>
    public bool IsDeleted { get; init; }
}
