using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Files;
using Penstock.Proteins.Input;
using Penstock.Testing;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>A run of the reference evaluator: its arguments and what it wrote.</summary>
internal sealed class CafaCase
{
    private readonly string _folder;
    private readonly JsonObject _args;

    private CafaCase(string name)
    {
        string[] parts = name.Split('/');
        _folder = SharedData.PathOf("proteins", "cafa", parts[0], "expected", parts[1]);
        _args = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "case.json")))!["args"]!.AsObject();
    }

    public static CafaCase Load(string name) => new(name);

    /// <summary>For example <c>human_A/NK</c>; every folder with a case.json.</summary>
    public static IReadOnlyList<string> Names()
    {
        string root = SharedData.PathOf("proteins", "cafa");
        return
        [
            .. Directory.EnumerateFiles(root, "case.json", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Split(Path.DirectorySeparatorChar))
                .Select(parts => $"{parts[0]}/{parts[^1]}")
                .Order(StringComparer.Ordinal),
        ];
    }

    public EvaluationInputs Inputs
    {
        get
        {
            string[] order = [.. FullTable().Select(row => row[0]).Distinct()];
            IReadOnlyList<InputFile> found = EvaluationInputs.PredictionsIn(SharedPath("pred_dir")!);
            // The reference writes files in the order its folder listing gave; a file it left out goes last.
            InputFile[] predictions =
                [.. found.OrderBy(file => Array.IndexOf(order, file.Name) is >= 0 and int place ? place : int.MaxValue)];
            return new(InputFile.AtPath(SharedPath("obo_file")!), InputFile.AtPath(SharedPath("gt_file")!), predictions)
            {
                InformationAccretion = Optional("ia"),
                Known = Optional("known"),
                TermsOfInterest = Optional("toi_file"),
            };
        }
    }

    public EvaluationOptions Options => new()
    {
        Propagation = Text("prop") == "fill" ? ScorePropagation.Fill : ScorePropagation.Max,
        Normalization = Text("norm") switch
        {
            "pred" => ScoreNormalization.Pred,
            "gt" => ScoreNormalization.Gt,
            _ => ScoreNormalization.Cafa,
        },
        NoOrphans = _args["no_orphans"]?.GetValue<bool>() ?? false,
        ThresholdStep = _args["th_step"]?.GetValue<double>() ?? 0.01,
        MaxTerms = _args["max_terms"]?.GetValue<int>(),
        PkCoverage = PkCoverage.Reference,
    };

    public JsonObject Summary() => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "summary.json")))!.AsObject();

    public JsonObject Derived() => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "derived.json")))!.AsObject();

    /// <summary>Rows of the table with 17 digits, without the header.</summary>
    public IEnumerable<string[]> FullTable() =>
        ReadText("evaluation_all.full.tsv.gz").TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split('\t'));

    /// <summary>The reference's rounded table, compressed or not.</summary>
    public string AllText() =>
        ReadText(File.Exists(Path.Combine(_folder, "evaluation_all.tsv")) ? "evaluation_all.tsv" : "evaluation_all.tsv.gz");

    /// <summary>The reference's best rows by one measure; null where it wrote none.</summary>
    public string? BestText(EvaluationMetric metric)
    {
        string name = EvaluationTsv.FileNameOf(metric);
        return File.Exists(Path.Combine(_folder, name)) ? ReadText(name) : null;
    }

    private string ReadText(string name)
    {
        using StreamReader reader = new(CompressedInput.Open(File.OpenRead(Path.Combine(_folder, name))));
        return reader.ReadToEnd();
    }

    private string? Text(string name) => _args[name]?.GetValue<string>();

    private string? SharedPath(string name) =>
        Text(name) is { } path ? SharedData.PathOf(["proteins", .. path.Split('/')]) : null;

    private InputFile? Optional(string name) => SharedPath(name) is { } path ? InputFile.AtPath(path) : null;
}
