namespace Penstock.Client.Jobs;

/// <summary>One stage of a batch, in items.</summary>
/// <param name="Stage">From 0.</param>
public sealed record BatchStageView(int Stage, string Operation, string QueueName, long Total, long Done, long Failed);
