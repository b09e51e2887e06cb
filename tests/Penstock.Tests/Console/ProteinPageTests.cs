using System.Net;
using System.Text;
using Penstock.Client.Proteins;
using Xunit;

namespace Penstock.Tests.Console;

public sealed class ProteinPageTests
{
    private static readonly DateTimeOffset Now = ConsoleUnderTest.StoppedClock.Noon;

    [Fact]
    public async Task Proteins_are_searched_by_the_API_and_the_search_stays_in_the_pages()
    {
        await using ConsoleUnderTest console = await StartAsync();
        string page = await console.GetPageAsync("/ui/proteins?search=Q1&reviewed=yes&isoforms=1&offset=50");
        Assert.Contains(console.Api.Requests, request => request == "GET /proteins?search=Q1&reviewed=true&canonical_only=false&limit=50&offset=50");
        Assert.Contains("51–100 of 119", page);
        Assert.Contains("href=\"/ui/proteins?search=Q1&amp;reviewed=yes&amp;isoforms=1&amp;offset=100\"", page);
        Assert.Contains("href=\"/ui/proteins?search=Q1&amp;reviewed=yes&amp;isoforms=1\"", page);
        Assert.Contains("20,180", page);
    }

    [Fact]
    public async Task A_protein_shows_facts_annotations_with_evidence_and_predictions_with_distance_and_score()
    {
        await using ConsoleUnderTest console = await StartAsync();
        string page = await console.GetPageAsync("/ui/proteins/P06493");
        Assert.Contains("P06493 · CDK1", page);
        Assert.Contains("protein serine/threonine kinase activity", page);
        Assert.Contains("<abbr title=\"Inferred from direct assay\">IDA</abbr>", page);
        Assert.Contains("<span class=\"not\">NOT</span>", page);
        Assert.Contains("0.1312", page);
        Assert.Contains("0.934", page);
        Assert.Contains("MEDYTKIEKI GEGTYGVVYK", page);
        Assert.Contains("/ui/proteins/P24941", page);
    }

    [Fact]
    public async Task The_ancestors_of_the_terms_are_drawn_with_their_relations()
    {
        await using ConsoleUnderTest console = await StartAsync();
        string page = await console.GetPageAsync("/ui/proteins/P06493?aspect=F&depth=4");
        Assert.Contains(
            console.Api.Requests,
            request => request == $"GET /annotations/snapshots/{ProteinSamples.Snapshot}/subgraph?go_ids=GO%3A0004674%2CGO%3A0005524&depth=4");
        Assert.Equal(16, Count(page, "<rect class=\"box\""));
        Assert.Contains("class=\"edge edge-part_of\"", page);
        Assert.Contains("GO:0003674 molecular_function", page);
        Assert.Contains("is a purine nucleotide binding", page);
    }

    [Fact]
    public async Task A_negated_annotation_is_not_among_the_drawn_terms()
    {
        await using ConsoleUnderTest console = await StartAsync();
        await console.GetPageAsync("/ui/proteins/P06493");
        Assert.DoesNotContain(console.Api.Requests, request => request.Contains("0003677", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pasted_sequences_are_annotated_and_the_progress_page_follows()
    {
        await using ConsoleUnderTest console = await StartAsync();
        using HttpResponseMessage sent = await console.PostAsync("/ui/query-sets", ("fasta", ">a\nMKV"), ("name", "Mine"), ("action", "annotate"));
        Assert.Equal($"/ui/annotations/{Samples.Id(8)}", sent.Headers.Location?.ToString());
        Assert.Equal(">a\nMKV", console.Api.Proteins.Uploads.Single());
        string progress = await console.GetPageAsync($"/ui/annotations/{Samples.Id(8)}");
        Assert.Contains("41 of 96", progress);
        Assert.Contains("Embedding", progress);
        console.Api.Proteins.Status = console.Api.Proteins.Status! with { Stage = "done", PredictionStatus = "succeeded", EmbeddingStatus = "succeeded" };
        Assert.Contains($"/ui/predictions/{ProteinSamples.PredictionSet}", await console.GetPageAsync($"/ui/annotations/{Samples.Id(8)}"));
    }

    [Fact]
    public async Task An_uploaded_file_of_several_megabytes_arrives_whole()
    {
        await using ConsoleUnderTest console = await StartAsync();
        string fasta = string.Concat(Enumerable.Range(0, 60_000).Select(i => $">p{i}\n{new string('A', 90)}\n"));
        using MultipartFormDataContent form = new()
        {
            { new StringContent("keep"), "action" },
            { new ByteArrayContent(Encoding.ASCII.GetBytes(fasta)), "file", "all.fasta" },
        };
        using HttpResponseMessage sent = await console.SendAsync(console.Origin, "/ui/query-sets", form);
        Assert.Equal($"/ui/query-sets/{ProteinSamples.QuerySet}?notice=query-set-made", sent.Headers.Location?.ToString());
        Assert.Equal(fasta.Length, console.Api.Proteins.Uploads.Single().Length);
    }

    [Fact]
    public async Task A_form_without_sequences_says_what_is_missing()
    {
        await using ConsoleUnderTest console = await StartAsync();
        using HttpResponseMessage sent = await console.PostAsync("/ui/query-sets", ("action", "annotate"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, sent.StatusCode);
        Assert.Contains("Paste sequences in FASTA format", await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_references_annotation_waits_and_says_for_what()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        string page = await console.GetPageAsync("/ui/query-sets");
        Assert.Contains("There are no reference annotations", page);
        Assert.Matches("<button class=\"primary\" name=\"action\" value=\"annotate\" disabled", page);
    }

    [Fact]
    public async Task A_prediction_set_lists_its_proteins_totals_and_downloads()
    {
        await using ConsoleUnderTest console = await StartAsync();
        string page = await console.GetPageAsync($"/ui/predictions/{ProteinSamples.PredictionSet}");
        Assert.Contains("184 predictions from goa 2022-07-01", page);
        Assert.Contains($"/ui/predictions/{ProteinSamples.PredictionSet}/contig_17", page);
        Assert.Contains($"href=\"/embeddings/prediction-sets/{ProteinSamples.PredictionSet}/predictions.tsv\"", page);
        Assert.Contains("ATP binding", page);
    }

    [Fact]
    public async Task An_evaluation_shows_Fmax_for_every_setting_and_aspect_and_a_plot_for_each_setting()
    {
        await using ConsoleUnderTest console = await StartAsync();
        string page = await console.GetPageAsync($"/ui/evaluations/{ProteinSamples.EvaluationSet}");
        AspectResult first = console.Api.Proteins.Results[0].Results["NK"]["BPO"];
        Assert.Contains($"<b>{first.WeightedF!.Value:0.0000}</b>", page);
        Assert.Contains("9.87", page);
        Assert.Equal(3, Count(page, "<figure class=\"pr-chart\">"));
        Assert.Equal(9, Count(page, "r=\"4.5\""));
        Assert.Contains($"BPO F {first.WeightedF.Value:0.000} at τ {first.WeightedF.Tau:0.00}", WebUtility.HtmlDecode(page));
        Assert.Contains("12 predicted terms are not in the ontology snapshot", page);
        Assert.Contains($"/results/{ProteinSamples.Result}/artifacts.zip", page);

        string plain = await console.GetPageAsync($"/ui/evaluations/{ProteinSamples.EvaluationSet}?measure=f");
        Assert.Contains($"<b>{first.F!.Value:0.0000}</b>", plain);
        Assert.Contains("12.31", plain);
    }

    [Fact]
    public async Task Predictions_made_from_the_newer_annotations_are_marked_as_knowing_the_answers()
    {
        await using ConsoleUnderTest console = await StartAsync();
        string path = $"/ui/evaluations/{ProteinSamples.EvaluationSet}";
        Assert.DoesNotContain("they knew the answers", await console.GetPageAsync(path));
        console.Api.Proteins.PredictionSets[0] = console.Api.Proteins.PredictionSets[0] with { AnnotationSetId = ProteinSamples.NewSet };
        Assert.Contains("they knew the answers", await console.GetPageAsync(path));
    }

    [Fact]
    public async Task An_evaluation_without_results_offers_to_measure()
    {
        await using ConsoleUnderTest console = await StartAsync();
        console.Api.Proteins.Results.Clear();
        string page = await console.GetPageAsync($"/ui/evaluations/{ProteinSamples.EvaluationSet}");
        Assert.Contains("No predictions have been measured", page);
        Assert.Contains($"action=\"/ui/evaluations/{ProteinSamples.EvaluationSet}/run\"", page);
        Assert.Contains("<option value=\"artifact:proteins/ia/1.tsv\">2022-07-01, lafa</option>", page);
    }

    [Theory]
    [InlineData("/ui/data/ontology", "POST /annotations/snapshots/load", "obo_url", "/srv/go.obo")]
    [InlineData("/ui/data/proteins", "POST /proteins/insert", "fasta_url", "artifact:proteins.fasta")]
    public async Task A_load_form_starts_a_job_and_leads_to_it(string form, string request, string field, string value)
    {
        await using ConsoleUnderTest console = await StartAsync();
        using HttpResponseMessage sent = await console.PostAsync(form, (field, value));
        Assert.Equal($"/ui/jobs/{console.Api.Proteins.StartedJob}?notice=job-enqueued", sent.Headers.Location?.ToString());
        Assert.Contains(request, console.Api.Requests);
        Assert.Contains(value, console.Api.Bodies.Single());
    }

    [Fact]
    public async Task A_number_that_is_none_is_refused_before_the_API_is_asked()
    {
        await using ConsoleUnderTest console = await StartAsync();
        using HttpResponseMessage sent = await console.PostAsync("/ui/data/proteins", ("fasta_url", "/x"), ("total_limit", "many"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, sent.StatusCode);
        string page = WebUtility.HtmlDecode(await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("The field total limit takes a whole number, not 'many'.", page);
        Assert.Empty(console.Api.Bodies);
    }

    [Theory]
    [InlineData("/ui/proteins", "penstock proteins load-proteins")]
    [InlineData("/ui/predictions", "penstock proteins annotate")]
    [InlineData("/ui/evaluations", "penstock proteins evaluation-set")]
    [InlineData("/ui/data", "penstock proteins load-ontology")]
    public async Task An_empty_page_names_the_command_that_fills_it(string path, string command)
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        Assert.Contains(command, await console.GetPageAsync(path));
    }

    private static async Task<ConsoleUnderTest> StartAsync()
    {
        ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        ProteinSamples.Fill(console.Api.Proteins, Now);
        return console;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
