using System.Text;

namespace Penstock.Console.Hosting;

/// <summary>The addresses of the console's pages, in one place, so that no link is spelled by hand.</summary>
internal static class ConsolePaths
{
    public const string Root = "/ui";
    public const string SignIn = Root + "/sign-in";
    public const string SignOut = Root + "/sign-out";
    public const string Password = Root + "/password";
    public const string Theme = Root + "/theme";
    public const string Jobs = Root + "/jobs";
    public const string Queues = Root + "/queues";
    public const string Schedules = Root + "/schedules";
    public const string ScheduleForm = Root + "/schedule-form";
    public const string Events = Root + "/events";
    public const string DeadLetters = Root + "/dead-letters";
    public const string Proteins = Root + "/proteins";
    public const string QuerySets = Root + "/query-sets";
    public const string Predictions = Root + "/predictions";
    public const string Evaluations = Root + "/evaluations";
    public const string DataLoads = Root + "/data";

    /// <summary>The API's own pages and streams, outside the console.</summary>
    public const string ApiDocs = "/docs";
    public const string EventStream = "/events";

    public static string Job(Guid id) => $"{Jobs}/{id}";

    public static string Queue(string name) => $"{Queues}/{Uri.EscapeDataString(name)}";

    public static string DrainWorker(string id) => $"{Root}/workers/{Uri.EscapeDataString(id)}/drain";

    public static string Schedule(string name) => $"{Schedules}/{Uri.EscapeDataString(name)}";

    public static string DeadLetter(Guid id) => $"{DeadLetters}/{id}";

    public static string Protein(string accession) => $"{Proteins}/{Uri.EscapeDataString(accession)}";

    public static string QuerySet(Guid id) => $"{QuerySets}/{id}";

    public static string AnnotationRun(Guid embeddingJobId) => $"{Root}/annotations/{embeddingJobId}";

    public static string PredictionSet(Guid id) => $"{Predictions}/{id}";

    public static string Prediction(Guid setId, string accession) => $"{Predictions}/{setId}/{Uri.EscapeDataString(accession)}";

    public static string Evaluation(Guid id) => $"{Evaluations}/{id}";

    /// <summary>A path with a query string of the pairs that have a value, in the given order.</summary>
    public static string WithQuery(string path, params ReadOnlySpan<(string Name, string? Value)> pairs)
    {
        StringBuilder address = new(path);
        char separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach ((string name, string? value) in pairs)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            address.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return address.ToString();
    }
}
