using System.Text.Json;
using Penstock.Client.DeadLetters;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Client.Operations;
using Penstock.Client.Queues;
using Penstock.Client.Schedules;
using Penstock.Client.Workers;

namespace Penstock.Tests.Console;

/// <summary>Wire records with defaults, for tests to change where they matter.</summary>
internal static class Samples
{
    public static Guid Id(int number) => Guid.Parse($"01980000-0000-7000-8000-{number:x12}");

    public static JobDetail Job(
        int number, DateTimeOffset now, string operation = "compute_embeddings", string status = "running", string queue = "protea.embeddings") => new()
        {
            Id = Id(number),
            Operation = operation,
            QueueName = queue,
            Status = status,
            ParentJobId = null,
            CreatedAt = now.AddMinutes(-6),
            StartedAt = status == "queued" ? null : now.AddMinutes(-5),
            FinishedAt = status is "succeeded" or "failed" or "cancelled" ? now.AddMinutes(-1) : null,
            RunAt = null,
            ProgressCurrent = null,
            ProgressTotal = null,
            ErrorCode = null,
            ErrorMessage = null,
            Priority = 0,
            Attempt = status == "queued" ? 0 : 1,
            MaxAttempts = 3,
            Retries = 0,
            WorkerId = status == "running" ? "atlas-4711-1" : null,
            WaitingFor = null,
            Payload = FakeApi.Element("""{"embedding_config_id":"01980000-0000-7000-8000-0000000000c1","sequences_per_job":64}"""),
            Meta = null,
            Result = status == "succeeded" ? FakeApi.Element("""{"batches":12,"sequences":768}""") : null,
            Stages = [],
        };

    public static EventView Event(
        long id, int job, DateTimeOffset ts, string name, string level = "info", string? message = null, string fields = "{}") =>
        new(id, Id(job), ts, level, name, message, JsonSerializer.Deserialize<JsonElement>(fields));

    public static QueueView Queue(
        string name, long ready = 0, long running = 0, long deferred = 0, DateTimeOffset? oldest = null, int? max = null, long failed = 0, bool paused = false) =>
        new(name, max, paused, ready, deferred, running, oldest, 1_204, failed, 2, 2);

    public static WorkerView Worker(string id, DateTimeOffset now, string state = "running", int busy = 1, params string[] queues) =>
        new(id, "atlas", 4711, queues, 4, busy, state, now.AddHours(-3), now.AddSeconds(state == "dead" ? -200 : -2));

    public static OperationView Operation(string name, string queue) =>
        new(name, queue, "Does its work.", 3, 3_600, true, JsonSerializer.Deserialize<JsonElement>("{}"));

    public static ScheduleView Schedule(string name) => new()
    {
        Name = name, Operation = "ping", Payload = FakeApi.Element("{}"), Cron = "0 2 * * *", TimeZone = "Europe/Berlin", Misfire = "fire_once",
        CatchUpMax = 10, Origin = "api",
    };

    public static DeadLetterView DeadLetter(int number, DateTimeOffset now, string status = "pending", string code = "source-unavailable") => new(
        Id(number), "job", Id(number - 100), "protea.jobs", "insert_proteins", FakeApi.Element("""{"search_criteria":"organism_id:9606"}"""), code,
        "https://rest.example.org answered 503 six times. Try again later, or lower page_size.", 3, status, now.AddMinutes(-42),
        status == "redriven" ? now.AddMinutes(-10) : null, status == "redriven" ? "ada" : null, null, null);
}
