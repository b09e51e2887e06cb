using Penstock.Client.Proteins;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Walks the stored graph of GO terms upwards.</summary>
internal sealed class SubgraphStore(SqlDatabase database)
{
    private const string TermsSql = """
        select id, go_id, name, aspect from go_term
         where ontology_snapshot_id = @snapshot_id and go_id in (select value from json_each(@go_ids))
        """;

    private const string ParentsSql = """
        select r.child_go_term_id, r.parent_go_term_id, r.relation_type, t.go_id, t.name, t.aspect
          from go_term_relationship r join go_term t on t.id = r.parent_go_term_id
         where r.child_go_term_id in (select value from json_each(@ids))
         order by r.child_go_term_id, r.parent_go_term_id, r.relation_type
        """;

    /// <summary>The terms and what lies up to <paramref name="depth"/> steps above them, over all relations.</summary>
    /// <exception cref="RecordNotFoundException">A term is not in the snapshot.</exception>
    public Task<GoSubgraph> WalkUpAsync(
        Guid snapshotId, IReadOnlyCollection<string> goIds, int depth, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                Dictionary<long, GoNode> nodes = [];
                foreach (GoNode node in await TermsAsync(session, snapshotId, goIds, token))
                    nodes.Add(node.Id, node);
                string[] missing = goIds.Except(nodes.Values.Select(n => n.GoId), StringComparer.Ordinal).ToArray();
                if (missing.Length > 0)
                    throw RecordNotFoundException.Terms(missing);
                List<GoEdge> edges = [];
                long[] frontier = [.. nodes.Keys];
                for (int step = 0; step < depth && frontier.Length > 0; step++)
                    frontier = await StepAsync(session, frontier, nodes, edges, token);
                return new GoSubgraph([.. nodes.Values.OrderBy(n => n.GoId, StringComparer.Ordinal)], edges);
            },
            cancellationToken);

    private static async Task<List<GoNode>> TermsAsync(
        SqlSession session, Guid snapshotId, IReadOnlyCollection<string> goIds, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(TermsSql)
            .Bind("snapshot_id", snapshotId).Bind("go_ids", new SqlList<string>(goIds));
        return await statement.QueryAsync(
            row => new GoNode(row.GetInt64(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), IsQuery: true), cancellationToken);
    }

    /// <returns>Terms reached for the first time.</returns>
    private static async Task<long[]> StepAsync(
        SqlSession session, long[] frontier, Dictionary<long, GoNode> nodes, List<GoEdge> edges, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(ParentsSql).Bind("ids", new SqlList<long>(frontier));
        var found = await statement.QueryAsync(
            row => (Edge: new GoEdge(row.GetInt64(0), row.GetInt64(1), row.GetString(2)),
                    Parent: new GoNode(row.GetInt64(1), row.GetString(3), row.GetString(4), row.TextOrNull(5), IsQuery: false)),
            cancellationToken);
        List<long> reached = [];
        foreach ((GoEdge edge, GoNode parent) in found)
        {
            edges.Add(edge);
            if (nodes.TryAdd(parent.Id, parent))
                reached.Add(parent.Id);
        }
        return [.. reached];
    }
}
