using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>What the first event of a job tells: the same text for jobs that are alike, made once for all of a call.</summary>
internal sealed class CreatedFields
{
    private readonly Dictionary<(string Operation, string QueueName, string? Source), string> _known = [];

    public string Of(JobDraft draft)
    {
        (string, string, string?) key = (draft.Operation, draft.QueueName, draft.Source);
        return _known.TryGetValue(key, out string? fields) ? fields : _known[key] = Make(draft);
    }

    private static string Make(JobDraft draft) =>
        $"{{\"operation\":{StoreWrite.Quote(draft.Operation)},\"queue\":{StoreWrite.Quote(draft.QueueName)}" +
        (draft.Source is null ? "}" : $",\"source\":{StoreWrite.Quote(draft.Source)}}}");
}
