using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Penstock.Client;
using Penstock.Client.DeadLetters;
using Penstock.Client.Errors;
using Penstock.Client.Events;
using Penstock.Client.Health;
using Penstock.Client.Jobs;
using Penstock.Client.Operations;
using Penstock.Client.Queues;
using Penstock.Client.Resources;
using Penstock.Client.Schedules;
using Penstock.Client.Security;
using Penstock.Client.Signals;
using Penstock.Client.Workers;

namespace Penstock.Tests.Console;

/// <summary>The HTTP API as the console sees it, answering from lists that a test fills. It remembers what it was asked.</summary>
internal sealed class FakeApi
{
    public const string SessionCookie = "penstock_session=signed-in";

    /// <summary>Null: nobody is signed in, and every endpoint but health answers 401.</summary>
    public Identity? Reader { get; set; } = new("ada", "operator", "cookie", false);
    public List<JobDetail> Jobs { get; } = [];
    public Dictionary<Guid, JobTreeView> Trees { get; } = [];
    public List<EventView> Events { get; } = [];
    public List<QueueView> Queues { get; } = [];
    public List<ScheduleView> Schedules { get; } = [];
    public List<ScheduleRunView> ScheduleRuns { get; } = [];
    public List<WorkerView> Workers { get; } = [];
    public List<ResourceView> Resources { get; } = [];
    public List<OperationView> Operations { get; } = [];
    public List<DeadLetterView> DeadLetters { get; } = [];
    public ReadinessView Readiness { get; set; } = new("ready", [new HealthCheckView("database", true, "answers"), new HealthCheckView("workers", true, "2 alive")]);
    public FakeProteins Proteins { get; } = new();

    /// <summary>Method, path and query of every request that was not a look at who is asking.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>JSON bodies of the requests that had one, in order.</summary>
    public List<string> Bodies { get; } = [];

    /// <summary>Cookie and Authorization of the last request.</summary>
    public (string Cookie, string Authorization) LastCredentials { get; private set; }

    /// <summary>Paths that answer with this problem instead.</summary>
    public Dictionary<string, ProblemView> Refusals { get; } = new(StringComparer.Ordinal);

    public void Map(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            string path = context.Request.Path;
            if (path.StartsWith("/ui", StringComparison.Ordinal))
            {
                await next();
                return;
            }
            await RecordAsync(context.Request);
            if (Refusals.TryGetValue(path, out ProblemView? refusal))
                await WriteAsync(context, refusal);
            else if (Reader is null && !path.StartsWith("/health", StringComparison.Ordinal) && path != "/auth/login")
                await WriteAsync(context, Problem(401, "sign-in-required", "Sign in first."));
            else
                await next();
        });
        MapSecurity(app);
        MapEngine(app);
        Proteins.Map(app);
    }

    public static ProblemView Problem(int status, string code, string detail) =>
        new($"https://penstock.invalid/errors#{code}", $"Refused {status}", status, detail, code, "trace-1");

    private async Task RecordAsync(HttpRequest request)
    {
        LastCredentials = (request.Headers.Cookie.ToString(), request.Headers.Authorization.ToString());
        if (request.Path == "/auth/me")
            return;
        // The console asks for several things at once.
        lock (Requests)
            Requests.Add($"{request.Method} {request.Path}{request.QueryString}");
        if (request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true)
            return;
        request.EnableBuffering();
        Bodies.Add(await new StreamReader(request.Body).ReadToEndAsync());
        request.Body.Position = 0;
    }

    private static async Task WriteAsync(HttpContext context, ProblemView problem)
    {
        context.Response.StatusCode = problem.Status;
        await context.Response.WriteAsJsonAsync(problem, PenstockJson.Options, "application/problem+json");
    }

    private void MapSecurity(IEndpointRouteBuilder app)
    {
        app.MapGet("/auth/me", () => Results.Json(Reader, PenstockJson.Options));
        app.MapPost("/auth/login", (LoginRequest login, HttpContext context) =>
        {
            if (login.Password != "correct horse")
                return Results.Json(Problem(401, "login-failed", "The name or the password is wrong."), PenstockJson.Options, "application/problem+json", 401);
            Reader = new Identity(login.Name, "admin", "cookie", false);
            context.Response.Headers.SetCookie = SessionCookie + "; path=/; httponly; samesite=strict";
            return Results.Json(Reader, PenstockJson.Options);
        });
        app.MapPost("/auth/logout", (HttpContext context) =>
        {
            Reader = null;
            context.Response.Headers.SetCookie = "penstock_session=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/";
            return Results.NoContent();
        });
    }

    private void MapEngine(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/ready", () => Results.Json(Readiness, PenstockJson.Options, statusCode: Readiness.Status == "ready" ? 200 : 503));
        app.MapGet("/jobs", (string? status, string? operation, string? queue_name, Guid? parent_job_id, bool? include_children, Guid? before, int? limit) =>
            Json(Jobs
                .Where(job => (status is null || job.Status == status) && (operation is null || job.Operation == operation)
                    && (queue_name is null || job.QueueName == queue_name)
                    && (parent_job_id is { } parent ? job.ParentJobId == parent : include_children == true || job.ParentJobId is null))
                .Where(job => before is null || Jobs.FindIndex(other => other.Id == job.Id) > Jobs.FindIndex(other => other.Id == before))
                .Take(limit ?? 50).ToArray<JobView>()));
        app.MapGet("/jobs/{id:guid}", (Guid id) => Jobs.Find(job => job.Id == id) is { } job
            ? Json(job)
            : Results.Json(Problem(404, "job-not-found", $"There is no job {id}."), PenstockJson.Options, "application/problem+json", 404));
        app.MapGet("/jobs/{id:guid}/events", (Guid id, int? limit) =>
            Json(Events.Where(entry => entry.JobId == id).OrderByDescending(entry => entry.Id).Take(limit ?? 200)));
        app.MapPost("/jobs/{id:guid}/cancel", (Guid id) => Json(new CancelledJob(id, Jobs.Exists(job => job.Id == id && job.FinishedAt is not null) ? "succeeded" : "cancelled", 0)));
        app.MapPost("/jobs/{id:guid}/redrive", (Guid id) => Json(new RedriveReply(id, "queued", 1)));
        app.MapGet("/jobs/{id:guid}/tree", (Guid id) => Json(Trees[id]));
        app.MapPost("/jobs/{id:guid}/unblock", (Guid id) => Json<JobView>(Jobs.Find(job => job.Id == id)!));
        app.MapPost("/signals", (JsonElement signal) => Json(new SentSignal(signal.GetProperty("name").GetString()!, First: true)));
        app.MapDelete("/jobs/{id:guid}", (Guid id) => Json(new DeletedJob(id)));
        app.MapGet("/operations", () => Json(Operations));
        app.MapGet("/events/recent", (string? level, [FromQuery(Name = "event")] string? name, long? before, int? limit) =>
            Json(Events.Where(entry => (level is null || entry.Level == level || (level == "warning" && entry.Level == "error"))
                    && (name is null || entry.Event == name) && (before is null || entry.Id < before))
                .OrderByDescending(entry => entry.Id).Take(limit ?? 50)));
        app.MapGet("/queues", () => Json(Queues));
        MapSchedules(app);
        app.MapGet("/workers", () => Json(Workers));
        app.MapGet("/resources", () => Json(Resources));
        app.MapGet("/queues/{name}", (string name) => Queues.Find(queue => queue.Name == name) is { } found
            ? Json(found)
            : Results.Json(Problem(404, "queue-not-found", $"There is no queue '{name}'."), PenstockJson.Options, "application/problem+json", 404));
        app.MapPost("/queues/{name}/pause", (string name) => Json(Queues.Find(queue => queue.Name == name)));
        app.MapPost("/queues/{name}/resume", (string name) => Json(Queues.Find(queue => queue.Name == name)));
        app.MapPost("/queues/{name}/purge", (string name) => Json(new PurgeReply(name, false, 3, 0, 0)));
        app.MapPost("/queues/{name}/priority", (string name) => Json(new PriorityReply(name, 7, 3)));
        app.MapPost("/workers/{id}/drain", (string id) => Json(Workers.Find(worker => worker.Id == id)));
        app.MapPatch("/jobs/{id:guid}", (Guid id) => Json<JobView>(Jobs.Find(job => job.Id == id)!));
        app.MapGet("/dead-letters", (string? status, string? queue_name, string? error_code, Guid? job_id, int? limit, int? offset) =>
            Json(Filter(status, queue_name, error_code, job_id).Skip(offset ?? 0).Take(limit ?? 50)));
        app.MapGet("/dead-letters/count", (string? status, string? queue_name, string? error_code, Guid? job_id) =>
            Json(new DeadLetterCount(Filter(status, queue_name, error_code, job_id).Count())));
        app.MapGet("/dead-letters/{id:guid}", (Guid id) => Json(DeadLetters.Find(letter => letter.Id == id)));
        app.MapPost("/dead-letters/{id:guid}/redrive", (Guid id) => Json(new RedriveReply(id, "queued", 1)));
    }

    private void MapSchedules(IEndpointRouteBuilder app)
    {
        app.MapGet("/schedules", () => Json(Schedules));
        app.MapGet("/schedules/preview", (string cron, [FromQuery(Name = "time_zone")] string? zone) =>
            Json(new SchedulePreview(cron, zone ?? "UTC", [new ScheduleSlot(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), "2026-07-01T02:00:00+02:00")])));
        app.MapGet("/schedules/{name}", (string name) => Schedules.Find(s => s.Name == name) is { } schedule
            ? Json(schedule)
            : Results.Json(Problem(404, "schedule-not-found", $"There is no schedule '{name}'."), PenstockJson.Options, "application/problem+json", 404));
        app.MapGet("/schedules/{name}/runs", (string name, int? limit) => Json(ScheduleRuns.Take(limit ?? 50)));
        app.MapPut("/schedules/{name}", (string name) => Json(Samples.Schedule(name)));
        app.MapDelete("/schedules/{name}", (string name) => Json(new RemovedSchedule(name)));
        app.MapPost("/schedules/{name}/pause", (string name) => Json(Samples.Schedule(name)));
        app.MapPost("/schedules/{name}/resume", (string name) => Json(Samples.Schedule(name)));
        app.MapPost("/schedules/{name}/run", (string name) => Json(new QueuedJob(Samples.Id(0x77), "queued")));
    }

    private IEnumerable<DeadLetterView> Filter(string? status, string? queue, string? error, Guid? job) =>
        DeadLetters.Where(letter => (status is null || letter.Status == status || (status == "open" && letter.Status is "pending" or "in_review")) && (queue is null || letter.QueueName == queue)
            && (error is null || letter.ErrorCode == error) && (job is null || letter.JobId == job));

    internal static IResult Json<T>(T value) => Results.Json(value, PenstockJson.Options);

    internal static JsonElement Element(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
