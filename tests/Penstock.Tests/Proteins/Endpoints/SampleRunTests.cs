using System.IO.Compression;
using System.Net;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Xunit;

namespace Penstock.Tests.Proteins.Endpoints;

/// <summary>What a user does from an empty workspace to measured predictions, over HTTP, on the sample.</summary>
public sealed class SampleRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_request_annotates_new_sequences_and_the_server_runs_it_to_the_end()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        LoadedSample loaded = await server.LoadSampleAsync();
        await using FileStream fasta = File.OpenRead(server.Sample.Queries);
        AnnotateReply reply = await server.Proteins.AnnotateAsync("two of each family", fasta, Cancel);
        Assert.Equal((loaded.NewerSetId, 24), (reply.AnnotationSetId, reply.SequenceCount));

        Assert.Equal("succeeded", (await server.EndAsync(reply.EmbeddingJobId)).Status);
        Assert.Equal("succeeded", (await server.EndAsync(reply.PredictionJobId)).Status);
        AnnotateStatus status = await server.Proteins.AnnotateStatusAsync(reply.EmbeddingJobId, Cancel);
        Assert.Equal(("done", reply.PredictionSetId), (status.Stage, status.PredictionSetId));

        PredictionSetDetail set = await server.Proteins.PredictionSetAsync(reply.PredictionSetId, Cancel);
        Assert.Equal(("succeeded", 24), (set.Set.Status, set.PerProteinCounts.Count));
        Assert.Equal(set.Set.PredictionCount, set.PerProteinCounts.Values.Sum());
        OffsetPage<PredictedProtein> proteins = await server.Proteins.PredictedProteinsAsync(reply.PredictionSetId, "sp|U00001", 10, 0, Cancel);
        PredictedProtein query = Assert.Single(proteins.Items);
        Assert.False(query.InDb);

        // Its nearest reference is of its own family: the first member of the sample's first family.
        IReadOnlyList<Prediction> predictions = await server.Proteins.PredictionsAsync(reply.PredictionSetId, query.Accession, Cancel);
        Assert.Equal(query.GoCount, predictions.Count);
        ProteinDetail nearest = await server.Proteins.ProteinAsync(predictions[0].RefProteinAccession, Cancel);
        Assert.Equal("fam1", nearest.GeneName);
        Assert.Equal(predictions.OrderBy(p => p.Distance).Select(p => p.GoId), predictions.Select(p => p.GoId));

        string tsv = await ProteinServer.TextAsync(server.Proteins.OpenPredictionsAsync(reply.PredictionSetId, null, null, null, Cancel));
        string[] lines = tsv.TrimEnd('\n').Split('\n');
        Assert.Equal(set.Set.PredictionCount + 1, lines.Length);
        Assert.All(lines, line => Assert.Equal(31, line.Split('\t').Length));
        string cafa = await ProteinServer.TextAsync(server.Proteins.OpenCafaPredictionsAsync(reply.PredictionSetId, null, "F", null, Cancel));
        Assert.Equal(lines.Count(line => line.Split('\t')[3] == "F"), cafa.TrimEnd('\n').Split('\n').Length);
        Assert.Matches(@"^sp\|U00001\|U00001_SAMPLE\tGO:9001\d{3}\t[01]\.\d{4}\n", cafa);

        GoTermDistribution terms = await server.Proteins.PredictedTermsAsync(reply.PredictionSetId, 3, Cancel);
        Assert.Equal((3, set.Set.PredictionCount), (terms.TopTerms.Count, terms.AspectTotals.Values.Sum()));
    }

    [Fact]
    public async Task Predictions_from_old_knowledge_are_measured_against_what_was_found_since()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        LoadedSample loaded = await server.LoadSampleAsync();
        EmbeddingConfig config = Assert.Single(await server.Proteins.EmbeddingConfigsAsync(Cancel));
        await server.SucceedAsync(await server.Proteins.ComputeEmbeddingsAsync(new ComputeEmbeddingsRequest(config.Id), Cancel));
        await server.SucceedAsync(await server.Proteins.ComputeInformationAccretionAsync(new ComputeInformationAccretionRequest(loaded.OlderSetId), Cancel));
        JobDetail predicted = await server.SucceedAsync(await server.Proteins.PredictAsync(
            new PredictRequest(config.Id, loaded.OlderSetId, loaded.SnapshotId, ExcludeSelf: true), Cancel));
        JobDetail compared = await server.SucceedAsync(await server.Proteins.GenerateEvaluationSetAsync(
            new GenerateEvaluationSetRequest(loaded.OlderSetId, loaded.NewerSetId), Cancel));
        EvaluationSet set = Assert.Single(await server.Proteins.EvaluationSetsAsync(Cancel));
        Assert.Equal(compared.Result!.Value.GetProperty("evaluation_set_id").GetGuid(), set.Id);
        Assert.True(set.Stats is { NkProteins: > 50, LkProteins: > 30, PkProteins: > 30 });

        Guid predictionSetId = predicted.Result!.Value.GetProperty("prediction_set_id").GetGuid();
        JobDetail evaluated = await server.SucceedAsync(await server.Proteins.RunEvaluationAsync(set.Id, new RunEvaluationRequest(predictionSetId), Cancel));
        EvaluationResult result = Assert.Single(await server.Proteins.EvaluationResultsAsync(set.Id, Cancel));
        Assert.Equal(evaluated.Id, result.Id);
        Assert.True(result.IaUsed);
        // Families share their functions, so a search that works finds most of what was hidden: far above chance (about 0.1).
        Assert.All(result.Results["NK"].Values, aspect => Assert.InRange(aspect.Fmax, 0.6, 1.0));
        Assert.All(result.Results["NK"].Values, aspect => Assert.Equal("f_w", aspect.Headline));
        Assert.All(result.Results["PK"].Values, aspect => Assert.InRange(aspect.Coverage, 0, 1));

        await AssertFilesAsync(server, set, result);
        await AssertGuardsAsync(server, loaded, set, predictionSetId);
    }

    private static async Task AssertFilesAsync(ProteinServer server, EvaluationSet set, EvaluationResult result)
    {
        IReadOnlyList<EvaluationCurve> curves = await server.Proteins.EvaluationCurvesAsync(set.Id, result.Id, Cancel);
        EvaluationCurve curve = curves.Single(c => c is { Setting: "NK", Aspect: "MFO" });
        Assert.Equal(result.Results["NK"]["MFO"].WeightedF!.Value, curve.Points.Max(point => point.FW!.Value));
        Assert.Equal(result.Results["NK"]["MFO"].WeightedS!.Value, curve.Points.Min(point => point.SW!.Value));

        string metrics = await ProteinServer.TextAsync(server.Proteins.OpenEvaluationResultFileAsync(set.Id, result.Id, "metrics.tsv", Cancel));
        Assert.StartsWith("setting\tnamespace\tfmax\tprecision\trecall\ttau\tcoverage\tn_proteins\nNK\t", metrics, StringComparison.Ordinal);
        await using Stream zipped = await server.Proteins.OpenEvaluationResultFileAsync(set.Id, result.Id, "artifacts.zip", Cancel);
        using ZipArchive zip = new(zipped);
        Assert.Equal(result.Artifacts.Count, zip.Entries.Count);
        Assert.Contains(zip.Entries, entry => entry.FullName == "PK/evaluation_best_f_w.tsv" && entry.Length > 0);

        string truth = await ProteinServer.TextAsync(server.Proteins.OpenEvaluationFileAsync(set.Id, "ground-truth-LK.tsv", Cancel));
        Assert.Equal(set.Stats.LkAnnotations, truth.TrimEnd('\n').Split('\n').Length);
        string fasta = await ProteinServer.TextAsync(server.Proteins.OpenEvaluationFileAsync(set.Id, "delta-proteins.fasta?category=nk", Cancel));
        Assert.Equal(set.Stats.NkProteins, fasta.Split('\n').Count(line => line.StartsWith('>') && line.EndsWith("(NK)", StringComparison.Ordinal)));
    }

    private static async Task AssertGuardsAsync(ProteinServer server, LoadedSample loaded, EvaluationSet set, Guid predictionSetId)
    {
        PenstockApiException used = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Proteins.DeleteAnnotationSetAsync(loaded.OlderSetId, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "record-in-use"), (used.Status, used.Code));

        // Loading or comparing the same again finds what is there.
        Assert.Equal(loaded.OlderSetId, await server.LoadGafAsync(loaded.SnapshotId, server.Sample.Older, "2020"));
        await server.SucceedAsync(await server.Proteins.GenerateEvaluationSetAsync(
            new GenerateEvaluationSetRequest(loaded.OlderSetId, loaded.NewerSetId), Cancel));
        Assert.Equal(set.Id, Assert.Single(await server.Proteins.EvaluationSetsAsync(Cancel)).Id);

        await server.Proteins.DeleteEvaluationSetAsync(set.Id, Cancel);
        Assert.Empty(await server.Server.Admin.ArtifactsAsync("proteins/evaluations/", null, 10, Cancel));
        DeletedPredictionSet deleted = await server.Proteins.DeletePredictionSetAsync(predictionSetId, Cancel);
        Assert.True(deleted.PredictionsDeleted > 1_000);
        DeletedAnnotationSet gone = await server.Proteins.DeleteAnnotationSetAsync(loaded.OlderSetId, Cancel);
        Assert.True(gone.AnnotationsDeleted > 500);
        Assert.Equal(loaded.NewerSetId, Assert.Single(await server.Proteins.AnnotationSetsAsync(null, Cancel)).Id);
        Assert.Empty(await server.Proteins.InformationAccretionAsync(Cancel));
        Assert.Empty(await server.Server.Admin.ArtifactsAsync("proteins/ia/", null, 10, Cancel));
    }

    [Fact]
    public async Task Metric_threshold_and_the_number_of_searches_are_those_asked_for()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        LoadedSample loaded = await server.LoadSampleAsync();
        EmbeddingConfig config = Assert.Single(await server.Proteins.EmbeddingConfigsAsync(Cancel));
        await server.SucceedAsync(await server.Proteins.ComputeEmbeddingsAsync(new ComputeEmbeddingsRequest(config.Id), Cancel));
        PredictRequest cosine = new(config.Id, loaded.NewerSetId, loaded.SnapshotId, QueryAccessions: ["S00001", "S00002"], LimitPerEntry: 3);
        IReadOnlyList<Prediction> byCosine = await PredictAsync(server, cosine);
        IReadOnlyList<Prediction> byLength = await PredictAsync(server, cosine with { Metric = "l2" });
        // Vectors of length 1: the squared distance is twice the cosine distance, and the neighbours are the same.
        Assert.Equal(byCosine.Select(p => (p.GoId, p.RefProteinAccession)), byLength.Select(p => (p.GoId, p.RefProteinAccession)));
        Assert.All(byCosine.Zip(byLength), pair => Assert.Equal(2 * pair.First.Distance, pair.Second.Distance, 1e-6));

        Assert.Contains(byCosine, prediction => prediction is { RefProteinAccession: "S00001", Distance: < 1e-6 });
        double limit = byCosine.Select(p => p.Distance).Distinct().Order().ElementAt(1);
        IReadOnlyList<Prediction> near = await PredictAsync(server, cosine with { DistanceThreshold = limit });
        Assert.Equal(byCosine.Where(p => p.Distance <= limit).Select(p => p.GoId), near.Select(p => p.GoId));
        Assert.DoesNotContain(await PredictAsync(server, cosine with { ExcludeSelf = true }), p => p.RefProteinAccession == "S00001");

        // One search of three neighbours gives at most three references; three searches may give more.
        IReadOnlyList<Prediction> unified = await PredictAsync(server, cosine with { AspectSeparatedKnn = false });
        Assert.InRange(unified.Select(p => p.RefProteinAccession).Distinct().Count(), 1, 3);
        Assert.All(unified, prediction => Assert.Null(prediction.VoteCount));
        Assert.All(await PredictAsync(server, cosine with { ComputeRerankerFeatures = true }), p => Assert.InRange(p.VoteCount!.Value, 1, 3));
    }

    /// <summary>Predicts, and gives the predictions for S00001.</summary>
    private static async Task<IReadOnlyList<Prediction>> PredictAsync(ProteinServer server, PredictRequest request)
    {
        JobDetail job = await server.SucceedAsync(await server.Proteins.PredictAsync(request, Cancel));
        return await server.Proteins.PredictionsAsync(job.Result!.Value.GetProperty("prediction_set_id").GetGuid(), "S00001", Cancel);
    }

    [Fact]
    public async Task The_graph_above_a_term_reaches_the_root()
    {
        await using ProteinServer server = await ProteinServer.StartAsync();
        LoadedSample loaded = await server.LoadSampleAsync();
        GoSubgraph graph = await server.Proteins.SubgraphAsync(loaded.SnapshotId, ["GO:9000049", "GO:9001049"], 6, Cancel);
        Assert.Equal(["GO:9000049", "GO:9001049"], graph.Nodes.Where(n => n.IsQuery).Select(n => n.GoId));
        Assert.Contains(graph.Nodes, node => node.Name == "biological_process");
        HashSet<long> known = [.. graph.Nodes.Select(n => n.Id)];
        Assert.All(graph.Edges, edge => Assert.True(known.Contains(edge.Source) && known.Contains(edge.Target)));

        GoSubgraph near = await server.Proteins.SubgraphAsync(loaded.SnapshotId, ["GO:9000049"], 1, Cancel);
        Assert.Equal(near.Edges.Count, near.Edges.Count(edge => edge.Source == near.Nodes.Single(n => n.IsQuery).Id));
        PenstockApiException missing = await Assert.ThrowsAsync<PenstockApiException>(
            () => server.Proteins.SubgraphAsync(loaded.SnapshotId, ["GO:0000001"], 3, Cancel));
        Assert.Equal("go-term-not-found", missing.Code);
    }
}
