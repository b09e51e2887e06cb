using System.Data.Common;
using System.Text.Json;
using Penstock.Client;
using Penstock.Client.Proteins;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Evaluation sets and their results. Ground truths are computed when asked for, never stored.</summary>
internal sealed class EvaluationStore(SqlDatabase database, TimeProvider time)
{
    private const string SetColumns = """
        select e.id, e.old_annotation_set_id, e.new_annotation_set_id, o.source_version, n.source_version, e.job_id, e.created_at, e.stats
          from evaluation_set e
          join annotation_set o on o.id = e.old_annotation_set_id
          join annotation_set n on n.id = e.new_annotation_set_id
        """;

    private const string ListSql = SetColumns + " order by e.created_at desc, e.id";

    public Task<List<EvaluationSet>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(ReadSet, token);
            },
            cancellationToken);

    private const string FindSql = SetColumns + " where e.id = @id";

    /// <exception cref="RecordNotFoundException"/>
    public async Task<EvaluationSet> GetAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindSql).Bind("id", id);
                return await statement.FirstAsync(ReadSet, token);
            },
            cancellationToken)
        ?? throw RecordNotFoundException.EvaluationSet(id);

    private const string InsertSql = """
        insert into evaluation_set (id, old_annotation_set_id, new_annotation_set_id, stats, job_id, created_at)
        values (@id, @old_id, @new_id, @stats, @job_id, @now)
        on conflict (old_annotation_set_id, new_annotation_set_id) do nothing
        """;

    private const string FindPairSql = """
        select id from evaluation_set where old_annotation_set_id = @old_id and new_annotation_set_id = @new_id
        """;

    /// <summary>Stores the set of a pair, or finds the one that pair has.</summary>
    public Task<Guid> AddAsync(
        Guid id, Guid oldId, Guid newId, EvaluationStats stats, Guid jobId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement insert = session.Statement(InsertSql)
                    .Bind("id", id).Bind("old_id", oldId).Bind("new_id", newId)
                    .Bind("stats", JsonSerializer.Serialize(stats, PenstockJson.Options)).Bind("job_id", jobId).Bind("now", time.GetUtcNow());
                await insert.ExecuteAsync(token);
                using SqlStatement find = session.Statement(FindPairSql).Bind("old_id", oldId).Bind("new_id", newId);
                return (await find.QueryAsync(row => row.GetGuid(0), token)).Single();
            },
            cancellationToken);

    private const string DeleteResultsSql = "delete from evaluation_result where evaluation_set_id = @id";

    private const string DeleteSetSql = "delete from evaluation_set where id = @id";

    /// <returns>The results deleted with it, whose artifacts have lost their reader.</returns>
    public async Task<IReadOnlyList<EvaluationResult>> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await GetAsync(id, cancellationToken);
        List<EvaluationResult> results = await ResultsAsync(id, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement rows = session.Statement(DeleteResultsSql).Bind("id", id);
                await rows.ExecuteAsync(token);
                using SqlStatement set = session.Statement(DeleteSetSql).Bind("id", id);
                await set.ExecuteAsync(token);
            },
            cancellationToken);
        return results;
    }

    private const string ResultColumns = """
        select id, evaluation_set_id, prediction_set_id, job_id, created_at, pk_coverage, ia_used, results, warnings, artifacts
          from evaluation_result
        """;

    private const string ResultsSql = ResultColumns + " where evaluation_set_id = @id order by created_at desc, id";

    public Task<List<EvaluationResult>> ResultsAsync(Guid evaluationSetId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ResultsSql).Bind("id", evaluationSetId);
                return await statement.QueryAsync(ReadResult, token);
            },
            cancellationToken);

    private const string FindResultSql = ResultColumns + " where id = @id and evaluation_set_id = @evaluation_set_id";

    /// <exception cref="RecordNotFoundException"/>
    public async Task<EvaluationResult> GetResultAsync(Guid evaluationSetId, Guid id, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindResultSql).Bind("id", id).Bind("evaluation_set_id", evaluationSetId);
                return await statement.FirstAsync(ReadResult, token);
            },
            cancellationToken)
        ?? throw RecordNotFoundException.EvaluationResult(id);

    private const string InsertResultSql = """
        insert into evaluation_result (id, evaluation_set_id, prediction_set_id, pk_coverage, max_distance, ia_used, results, warnings,
                                       artifacts, job_id, created_at)
        values (@id, @evaluation_set_id, @prediction_set_id, @pk_coverage, @max_distance, @ia_used, @results, @warnings,
                @artifacts, @job_id, @now)
        on conflict (id) do nothing
        """;

    public Task AddResultAsync(EvaluationResult result, double? maxDistance, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement insert = session.Statement(InsertResultSql)
                    .Bind("id", result.Id).Bind("evaluation_set_id", result.EvaluationSetId)
                    .Bind("prediction_set_id", result.PredictionSetId).Bind("pk_coverage", result.PkCoverage)
                    .Bind("max_distance", maxDistance).Bind("ia_used", result.IaUsed)
                    .Bind("results", JsonSerializer.Serialize(result.Results, PenstockJson.Options))
                    .Bind("warnings", JsonSerializer.Serialize(result.Warnings, PenstockJson.Options))
                    .Bind("artifacts", JsonSerializer.Serialize(result.Artifacts, PenstockJson.Options))
                    .Bind("job_id", result.JobId).Bind("now", result.CreatedAt);
                await insert.ExecuteAsync(token);
            },
            cancellationToken);

    private const string DeleteResultSql = "delete from evaluation_result where id = @id";

    public Task DeleteResultAsync(Guid id, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(DeleteResultSql).Bind("id", id);
                await statement.ExecuteAsync(token);
            },
            cancellationToken);

    private static EvaluationSet ReadSet(DbDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GuidOrNull(5), row.Instant(6),
        Json<EvaluationStats>(row, 7));

    private static EvaluationResult ReadResult(DbDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GuidOrNull(3), row.Instant(4), row.GetString(5), row.GetBoolean(6),
        Json<Dictionary<string, IReadOnlyDictionary<string, AspectResult>>>(row, 7), Json<List<string>>(row, 8), Json<List<string>>(row, 9));

    private static T Json<T>(DbDataReader row, int column) =>
        JsonSerializer.Deserialize<T>(row.GetString(column), PenstockJson.Options)!;
}
