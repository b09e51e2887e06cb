using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Sequences;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Loading;

/// <summary>Loads proteins and their sequences, from a UniProt search or from a FASTA file.</summary>
/// <remarks>Safe to run again: a protein's key is its accession, a sequence's its hash; the same page changes nothing.</remarks>
internal sealed class InsertProteins(ProteinStore proteins, UniProtSearch uniprot, SourceOpener sources)
    : Operation<InsertProteins.Payload, InsertProteins.Result>
{
    public const string OperationName = "insert_proteins";

    private static readonly PayloadCheck Check = new(OperationName);

    /// <summary>Either a UniProt query (<c>search_criteria</c>) or a FASTA file (<c>fasta_url</c>).</summary>
    public sealed record Payload(
        string? SearchCriteria = null, string? FastaUrl = null, int PageSize = 500, int? TotalLimit = null, double TimeoutSeconds = 60,
        bool IncludeIsoforms = true, bool Compressed = false, int MaxRetries = 6, double BackoffBaseSeconds = 0.8,
        double BackoffMaxSeconds = 20, double JitterSeconds = 0.4, string UserAgent = "Penstock insert_proteins");

    public sealed record Result(
        int Pages, long RetrievedRecords, long IsoformRecords, int ProteinsInserted, int ProteinsUpdated, int SequencesChanged,
        int SequencesInserted, int SequencesReused, int HttpRequests, int HttpRetries, double ElapsedSeconds);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Validate(payload);
        await job.EmitAsync(
            "insert_proteins.start", new { payload.SearchCriteria, payload.FastaUrl, payload.PageSize }, cancellationToken);
        Progress progress = new(job.Time);
        if (payload.SearchCriteria is not null)
            await LoadSearchAsync(payload, job, progress, cancellationToken);
        else
            await LoadFileAsync(payload, job, progress, cancellationToken);
        if (payload.TotalLimit is { } limit && progress.Retrieved >= limit)
            await job.EmitAsync(
                "insert_proteins.limit_reached", new { TotalLimit = limit }, cancellationToken, level: JobEventLevel.Warning);
        Result result = progress.ToResult();
        await job.EmitAsync("insert_proteins.done", result, cancellationToken);
        return result;
    }

    /// <summary>Checks values; for endpoints too, so that a wrong request is refused before it is a job.</summary>
    internal void Validate(Payload payload)
    {
        if (payload.SearchCriteria is null == payload.FastaUrl is null)
            throw Check.Wrong("give either search_criteria or fasta_url.");
        if (payload.SearchCriteria is not null)
            Check.Text("search_criteria", payload.SearchCriteria);
        if (payload.FastaUrl is not null)
            sources.Check(Check.Text("fasta_url", payload.FastaUrl));
        Check.InRange("page_size", payload.PageSize, 1, 500);
        Check.AtLeast("total_limit", payload.TotalLimit, 1);
        Check.InRange("timeout_seconds", payload.TimeoutSeconds, 0.001, 86_400);
        Check.InRange("max_retries", payload.MaxRetries, 0, 100);
        Check.InRange("backoff_base_seconds", payload.BackoffBaseSeconds, 0, 3_600);
        Check.InRange("backoff_max_seconds", payload.BackoffMaxSeconds, 0, 3_600);
        Check.InRange("jitter_seconds", payload.JitterSeconds, 0, 3_600);
    }

    private async Task LoadSearchAsync(Payload payload, JobContext job, Progress progress, CancellationToken cancellationToken)
    {
        UniProtQuery query = new(
            payload.SearchCriteria!.Trim(), payload.PageSize, payload.IncludeIsoforms, payload.Compressed,
            TimeSpan.FromSeconds(payload.TimeoutSeconds), payload.MaxRetries, payload.BackoffBaseSeconds, payload.BackoffMaxSeconds,
            payload.JitterSeconds, payload.UserAgent);
        string? cursor = null;
        do
        {
            await job.EmitAsync(
                "uniprot.fetch_page_start", new { Page = progress.Pages + 1, HasCursor = cursor is not null }, cancellationToken);
            UniProtPage page = await uniprot.FetchAsync(query, cursor, retry => ReportAsync(job, progress, retry, cancellationToken), cancellationToken);
            progress.HttpRequests += page.Requests;
            progress.Total ??= page.TotalResults;
            await job.EmitAsync(
                "uniprot.fetch_page_done", new { Page = progress.Pages + 1, Records = page.Records.Count }, cancellationToken);
            await StoreAsync(page.Records, payload, job, progress, cancellationToken);
            cursor = page.NextCursor;
        }
        while (cursor is not null && progress.Remaining(payload) > 0);
    }

    private async Task LoadFileAsync(Payload payload, JobContext job, Progress progress, CancellationToken cancellationToken)
    {
        await using Stream file = await sources.OpenAsync(
            payload.FastaUrl!.Trim(), TimeSpan.FromSeconds(payload.TimeoutSeconds), cancellationToken);
        FastaCounts counts = new();
        List<UniProtRecord> page = [];
        await foreach (UniProtRecord record in FastaParser.ReadUniProtAsync(file, counts, cancellationToken))
        {
            if (!payload.IncludeIsoforms && !record.IsCanonical)
                continue;
            page.Add(record);
            if (page.Count < payload.PageSize)
                continue;
            await StoreAsync(page, payload, job, progress, cancellationToken);
            page.Clear();
            if (progress.Remaining(payload) == 0)
                return;
        }
        if (page.Count > 0)
            await StoreAsync(page, payload, job, progress, cancellationToken);
        if (counts.Records == 0)
            throw new FastaEmptyException(counts);
    }

    private async Task StoreAsync(
        IReadOnlyList<UniProtRecord> records, Payload payload, JobContext job, Progress progress, CancellationToken cancellationToken)
    {
        UniProtRecord[] wanted = [.. records.Take((int)Math.Min(progress.Remaining(payload), int.MaxValue))];
        progress.Counts += await proteins.UpsertAsync(wanted, cancellationToken);
        progress.Pages++;
        progress.Retrieved += wanted.Length;
        progress.Isoforms += wanted.Count(r => !r.IsCanonical);
        long? total = progress.Total is { } all && payload.TotalLimit is { } limit ? Math.Min(all, limit) : progress.Total;
        await job.ProgressAsync(
            "insert_proteins.page_done", progress.Retrieved, total is { } known ? Math.Max(known, progress.Retrieved) : null,
            new
            {
                Page = progress.Pages,
                RetrievedTotal = progress.Retrieved,
                ProteinsInsertedTotal = progress.Counts.ProteinsInserted,
                ProteinsUpdatedTotal = progress.Counts.ProteinsUpdated,
                SequencesInsertedTotal = progress.Counts.SequencesInserted,
                SequencesReusedTotal = progress.Counts.SequencesReused,
                progress.HttpRequests,
                progress.HttpRetries,
            },
            cancellationToken);
    }

    private static Task ReportAsync(JobContext job, Progress progress, UniProtRetry retry, CancellationToken cancellationToken)
    {
        progress.HttpRetries++;
        return job.EmitAsync(
            "http.retry", new { retry.Attempt, WaitSeconds = retry.Wait.TotalSeconds, retry.Reason }, cancellationToken,
            level: JobEventLevel.Warning);
    }

    /// <summary>What has been done so far.</summary>
    private sealed class Progress(TimeProvider time)
    {
        private readonly long _startedAt = time.GetTimestamp();

        public int Pages { get; set; }
        public long Retrieved { get; set; }
        public long Isoforms { get; set; }
        public long? Total { get; set; }
        public int HttpRequests { get; set; }
        public int HttpRetries { get; set; }
        public UpsertCounts Counts { get; set; } = new();

        public long Remaining(Payload payload) => payload.TotalLimit is { } limit ? Math.Max(0, limit - Retrieved) : long.MaxValue;

        public Result ToResult() => new(
            Pages, Retrieved, Isoforms, Counts.ProteinsInserted, Counts.ProteinsUpdated, Counts.SequencesChanged,
            Counts.SequencesInserted, Counts.SequencesReused, HttpRequests, HttpRetries,
            time.GetElapsedTime(_startedAt).TotalSeconds);
    }
}
