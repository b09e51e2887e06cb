namespace Penstock.Proteins;

/// <summary>The queues of this pipeline.</summary>
public static class ProteinQueues
{
    public const string Ping = "protea.ping";
    public const string Jobs = "protea.jobs";

    /// <summary>One coordinator at a time: it decides what is still to be embedded.</summary>
    public const string Embeddings = "protea.embeddings";
    public const string EmbeddingBatches = "protea.embeddings.batch";
    public const string EmbeddingWrites = "protea.embeddings.write";

    /// <summary>One coordinator at a time, so that the batches of one reference set follow each other.</summary>
    public const string Predictions = "protea.predictions";
    public const string PredictionBatches = "protea.predictions.batch";
    public const string PredictionWrites = "protea.predictions.write";
    public const string Evaluations = "protea.evaluations";
}
