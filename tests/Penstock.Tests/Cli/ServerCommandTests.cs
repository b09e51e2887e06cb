using System.Text;
using System.Text.Json;
using Penstock.Cli;
using Xunit;

namespace Penstock.Tests.Cli;

/// <summary>Commands over a real server inside the program, as they run where no server is up.</summary>
public sealed class ServerCommandTests : IDisposable
{
    private readonly CliUnderTest _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_watched_job_runs_to_its_end_and_success_exits_0_with_the_job_as_JSON()
    {
        CliAnswer answer = await _cli.RunAsync("jobs", "enqueue", "test.add", "a=2", "b=3", "--watch", "--json");

        Assert.Equal(ExitCodes.Ok, answer.Exit);
        Assert.Equal("succeeded", answer.Json.GetProperty("status").GetString());
        Assert.Equal(5, answer.Json.GetProperty("result").GetProperty("sum").GetInt32());
        Assert.Contains("job.started", answer.Error, StringComparison.Ordinal);
        Assert.Contains("succeeded in", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watched_job_that_fails_exits_1_and_tells_its_error()
    {
        CliAnswer answer = await _cli.RunAsync("jobs", "enqueue", "test.fail", "--watch");

        Assert.Equal(ExitCodes.Failed, answer.Exit);
        Assert.Contains("The source did not answer.", answer.Error, StringComparison.Ordinal);
        Assert.Contains("penstock jobs events", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
    }

    [Fact]
    public async Task What_the_server_refuses_exits_2_with_its_code_and_its_sentence()
    {
        CliAnswer unknown = await _cli.RunAsync("jobs", "enqueue", "test.ad");
        CliAnswer missing = await _cli.RunAsync("jobs", "show", "01a20000-0000-7000-8000-000000000000");

        Assert.Equal((ExitCodes.Refused, ""), (unknown.Exit, unknown.Out));
        Assert.StartsWith("error[operation-unknown]: There is no operation 'test.ad'.", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Refused, missing.Exit);
        Assert.StartsWith("error[job-not-found]: ", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_enqueued_without_watching_waits_and_is_found_by_its_end_by_last_and_in_the_list()
    {
        CliAnswer queued = await _cli.RunAsync("jobs", "enqueue", "test.add", """{"a": 1, "b": 1}""", "--priority", "7", "--json");
        string id = queued.Json.GetProperty("id").GetString()!;

        CliAnswer byEnd = await _cli.RunAsync("jobs", "show", id[^8..], "--json");
        CliAnswer last = await _cli.RunAsync("jobs", "show", "last", "--json");
        CliAnswer list = await _cli.RunAsync("jobs", "list", "--status", "queued", "--json");
        CliAnswer queues = await _cli.RunAsync("queues", "show", "test.quick", "--json");

        Assert.Equal(id, byEnd.Json.GetProperty("id").GetString());
        Assert.Equal(("queued", 7), (last.Json.GetProperty("status").GetString(), last.Json.GetProperty("priority").GetInt32()));
        Assert.Equal(id, Assert.Single(list.Json.EnumerateArray().ToList()).GetProperty("id").GetString());
        Assert.Equal(1, queues.Json.GetProperty("ready").GetInt32());
    }

    [Fact]
    public async Task A_payload_comes_from_the_line_a_file_or_stdin()
    {
        File.WriteAllText(Path.Combine(_cli.Folder, "payload.json"), """{"a": 10, "b": 5}""");
        _cli.Input = """{"a": 20, "b": 5}""";

        CliAnswer fromFile = await _cli.RunAsync("jobs", "enqueue", "test.add", "@payload.json", "-w", "--json");
        CliAnswer fromInput = await _cli.RunAsync("jobs", "enqueue", "test.add", "-", "-w", "--json");

        Assert.Equal(15, fromFile.Json.GetProperty("result").GetProperty("sum").GetInt32());
        Assert.Equal(25, fromInput.Json.GetProperty("result").GetProperty("sum").GetInt32());
    }

    [Fact]
    public async Task Jobs_are_cancelled_and_deleted_and_deleting_is_not_done_unasked()
    {
        await _cli.RunAsync("jobs", "enqueue", "test.wait");

        CliAnswer cancelled = await _cli.RunAsync("jobs", "cancel", "last", "--reason", "not needed", "--json");
        CliAnswer again = await _cli.RunAsync("jobs", "cancel", "last");
        CliAnswer unasked = await _cli.RunAsync("jobs", "delete", "last");
        CliAnswer deleted = await _cli.RunAsync("jobs", "delete", "last", "--yes", "--json");
        CliAnswer list = await _cli.RunAsync("jobs", "list", "--json");

        Assert.Equal("cancelled", cancelled.Json[0].GetProperty("status").GetString());
        Assert.Equal(ExitCodes.Ok, again.Exit);
        Assert.Equal(ExitCodes.Usage, unasked.Exit);
        Assert.Contains("--yes", unasked.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, deleted.Exit);
        Assert.Empty(list.Json.EnumerateArray());
    }

    [Fact]
    public async Task A_dead_letter_is_listed_shown_and_sent_again()
    {
        await _cli.RunAsync("jobs", "enqueue", "test.fail", "--watch");

        CliAnswer list = await _cli.RunAsync("dlq", "list", "--json");
        JsonElement letter = Assert.Single(list.Json.EnumerateArray().ToList());
        CliAnswer shown = await _cli.RunAsync("dlq", "show", letter.GetProperty("id").GetString()![^8..]);
        CliAnswer redriven = await _cli.RunAsync("dlq", "redrive", letter.GetProperty("id").GetString()!, "--json");
        CliAnswer pending = await _cli.RunAsync("dlq", "list", "--json");
        CliAnswer again = await _cli.RunAsync("jobs", "watch", "last");

        Assert.Contains("The source did not answer.", shown.Out, StringComparison.Ordinal);
        Assert.Equal("queued", redriven.Json[0].GetProperty("status").GetString());
        Assert.Empty(pending.Json.EnumerateArray());
        Assert.Equal(ExitCodes.Failed, again.Exit);
    }

    [Fact]
    public async Task A_dead_letter_is_reviewed_mended_and_sent_with_all_others_by_a_job_of_the_server()
    {
        await _cli.RunAsync("jobs", "enqueue", "test.lookup", "name=nowhere", "--watch");
        string letter = (await _cli.RunAsync("dlq", "list", "--json")).Json[0].GetProperty("id").GetString()!;

        CliAnswer review = await _cli.RunAsync("dlq", "review", letter, "--assignee", "ada", "--urgency", "high", "--note", "asked");
        CliAnswer edit = await _cli.RunAsync("dlq", "edit", letter, "name=somewhere");
        CliAnswer unasked = await _cli.RunAsync("dlq", "redrive", "--all", "--in-review");
        CliAnswer all = await _cli.RunAsync("dlq", "redrive", "--all", "--in-review", "--yes", "--watch", "--json");
        CliAnswer shown = await _cli.RunAsync("dlq", "show", letter);
        CliAnswer reopened = await _cli.RunAsync("dlq", "reopen", letter);

        Assert.Contains("is in review by ada", review.Out, StringComparison.Ordinal);
        Assert.Contains("somewhere", edit.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, unasked.Exit);
        Assert.Equal((ExitCodes.Ok, 1), (all.Exit, all.Json.GetProperty("result").GetProperty("settled").GetInt32()));
        Assert.Contains("edited, before: name", shown.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Refused, reopened.Exit);
    }

    [Fact]
    public async Task An_artifact_comes_back_byte_for_byte()
    {
        byte[] content = [0, 1, 2, 255, 10, 13];
        File.WriteAllBytes(Path.Combine(_cli.Folder, "a.bin"), content);

        CliAnswer put = await _cli.RunAsync("artifacts", "put", "a.bin", "--json");
        CliAnswer toStdout = await _cli.RunAsync("artifacts", "get", "uploads/a.bin");
        CliAnswer toFile = await _cli.RunAsync("artifacts", "get", "uploads/a.bin", "-o", "b.bin");
        CliAnswer list = await _cli.RunAsync("artifacts", "list", "uploads/");

        Assert.Equal(6, put.Json.GetProperty("size_bytes").GetInt32());
        Assert.Equal(content, toStdout.Bytes);
        Assert.Equal((ExitCodes.Ok, ""), (toFile.Exit, toFile.Out));
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(_cli.Folder, "b.bin")));
        Assert.Contains("6 B", list.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_gets_an_invented_password_that_is_shown_once_and_roles_change()
    {
        CliAnswer added = await _cli.RunAsync("users", "add", "ada", "--role", "operator", "--json");
        await _cli.RunAsync("users", "role", "ada", "viewer");
        await _cli.RunAsync("users", "disable", "ada");
        CliAnswer list = await _cli.RunAsync("users", "list", "--json");
        _cli.Input = "short\n";
        CliAnswer weak = await _cli.RunAsync("users", "passwd", "ada", "--password-stdin");

        Assert.Equal(20, added.Json.GetProperty("password").GetString()!.Length);
        JsonElement ada = list.Json.EnumerateArray().Single(user => user.GetProperty("name").GetString() == "ada");
        Assert.Equal(("viewer", true), (ada.GetProperty("role").GetString(), ada.GetProperty("disabled").GetBoolean()));
        Assert.Equal(ExitCodes.Refused, weak.Exit);
    }

    [Fact]
    public async Task A_new_token_stands_alone_on_stdout_and_is_revoked_by_name()
    {
        CliAnswer made = await _cli.RunAsync("tokens", "create", "ci", "--days", "1");
        CliAnswer revoked = await _cli.RunAsync("tokens", "revoke", "ci");
        CliAnswer again = await _cli.RunAsync("tokens", "revoke", "ci");

        Assert.Single(made.Lines);
        Assert.DoesNotContain(' ', made.Lines[0]);
        Assert.Equal(ExitCodes.Ok, revoked.Exit);
        Assert.Equal(ExitCodes.Usage, again.Exit);
    }

    [Fact]
    public async Task Doctor_and_the_schema_are_fine_before_and_after_the_database_exists()
    {
        _cli.Variables["PENSTOCK_SERVER__URLS"] = "http://127.0.0.1:0";
        CliAnswer before = await _cli.RunAsync("doctor", "--json");
        CliAnswer noSchema = await _cli.RunAsync("db", "status");
        CliAnswer migrated = await _cli.RunAsync("db", "migrate", "--json");
        CliAnswer schema = await _cli.RunAsync("db", "status", "--json");
        CliAnswer after = await _cli.RunAsync("doctor", "--json");

        Assert.Equal((ExitCodes.Ok, "ok"), (before.Exit, before.Json.GetProperty("status").GetString()));
        Assert.Equal(ExitCodes.Failed, noSchema.Exit);
        Assert.Equal(migrated.Json.GetArrayLength(), schema.Json.GetArrayLength());
        Assert.All(schema.Json.EnumerateArray(), row => Assert.NotEqual(JsonValueKind.Null, row.GetProperty("applied_at").ValueKind));
        Assert.Equal(ExitCodes.Ok, after.Exit);
        Assert.Contains("whole", FindingOf(after, "database").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_finds_a_damaged_database_an_open_token_and_a_wrong_setting()
    {
        await _cli.RunAsync("db", "migrate");
        string database = Path.Combine(_cli.Folder, "data", "penstock.db");
        byte[] bytes = File.ReadAllBytes(database);
        Encoding.ASCII.GetBytes(new string('x', 2_000)).CopyTo(bytes, 8_200);
        File.WriteAllBytes(database, bytes);
        CliAnswer damaged = await _cli.RunAsync("doctor", "--json");
        _cli.Variables["PENSTOCK_WORKER__SLOT"] = "1";
        CliAnswer wrong = await _cli.RunAsync("doctor", "--json");

        Assert.Equal(ExitCodes.Failed, damaged.Exit);
        Assert.Equal("error", FindingOf(damaged, "database").GetProperty("status").GetString());
        Assert.Equal(ExitCodes.Failed, wrong.Exit);
        Assert.Contains("worker.slots", FindingOf(wrong, "configuration").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_says_why_the_broker_cannot_be_reached_and_where_its_address_was_set()
    {
        _cli.Variables["PENSTOCK_TRANSPORT__KIND"] = "rabbitmq";
        _cli.Variables["PROTEA_AMQP_URL"] = "amqp://me:hidden@127.0.0.1:1/";
        CliAnswer answer = await _cli.RunAsync("doctor", "--json");

        JsonElement broker = FindingOf(answer, "broker");
        Assert.Equal((ExitCodes.Failed, "error", "env PROTEA_AMQP_URL"), (answer.Exit, broker.GetProperty("status").GetString(), broker.GetProperty("origin").GetString()));
        Assert.Contains("[broker-unreachable] RabbitMQ at amqp://127.0.0.1:1/", broker.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", answer.Out + answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_and_up_say_why_the_database_server_cannot_be_used_and_where_its_address_was_set()
    {
        _cli.Variables["PENSTOCK_STORE__KIND"] = "postgres";
        _cli.Variables["PENSTOCK_STORE__URL"] = "postgresql://me:hidden@127.0.0.1:1/penstock";
        CliAnswer answer = await _cli.RunAsync("doctor", "--json");
        CliAnswer up = await _cli.RunAsync("up", "--set", "store.start_wait_seconds=1");

        JsonElement database = FindingOf(answer, "database");
        Assert.Equal((ExitCodes.Failed, "error", "env PENSTOCK_STORE__URL"), (answer.Exit, database.GetProperty("status").GetString(), database.GetProperty("origin").GetString()));
        Assert.Contains("[database-unavailable] PostgreSQL at 127.0.0.1:1 did not answer", database.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, up.Exit);
        Assert.Contains("database-unavailable", up.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", answer.Out + answer.Error + up.Out + up.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirected_output_has_no_escape_codes_and_no_cut_cells_and_a_narrow_terminal_gets_whole_lines()
    {
        await _cli.RunAsync("jobs", "enqueue", "test.fail", "--watch");

        CliAnswer redirected = await _cli.RunAsync("jobs", "list");
        _cli.OutIsTerminal = true;
        _cli.Variables["NO_COLOR"] = "1";
        CliAnswer narrow = await _cli.RunAsync("jobs", "list");

        Assert.DoesNotContain('\e', redirected.Out + redirected.Error);
        Assert.Contains("TimeoutException: The source did not answer.", redirected.Out, StringComparison.Ordinal);
        Assert.Equal(2, narrow.Lines.Length);
        Assert.All(narrow.Lines, line => Assert.True(line.Length <= 80, line));
        Assert.Contains("…", narrow.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_serves_other_commands_until_it_is_stopped_and_then_exits_0()
    {
        using CliUnderTest other = new(init: false);
        string[] here = ["--workspace", _cli.Folder, "--json"];
        (Task<CliAnswer> up, CliAnswer status) = await UpAsync(other, here);
        CliAnswer job = await other.RunAsync(["jobs", "enqueue", "test.add", "a=1", "b=2", "--watch", .. here]);
        CliAnswer second = await other.RunAsync(["up", .. here]);
        _cli.Stop();
        CliAnswer ended = await up;
        CliAnswer after = await other.RunAsync(["status", .. here]);

        Assert.True(status.Json.GetProperty("running").GetBoolean());
        Assert.Equal(3, job.Json.GetProperty("result").GetProperty("sum").GetInt32());
        Assert.Equal(ExitCodes.Refused, second.Exit);
        Assert.StartsWith("error[workspace-in-use]: ", second.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, ended.Exit);
        Assert.Equal(status.Json.GetProperty("address").GetString()!.TrimEnd('/'), ended.Json.GetProperty("urls")[0].GetString());
        Assert.Equal((ExitCodes.ServerNotReachable, false), (after.Exit, after.Json.GetProperty("running").GetBoolean()));
    }

    [Fact]
    public async Task A_second_signal_gives_running_jobs_back_at_once()
    {
        using CliUnderTest other = new(init: false);
        string[] here = ["--workspace", _cli.Folder, "--json"];
        (Task<CliAnswer> up, _) = await UpAsync(other, here);
        await other.RunAsync(["jobs", "enqueue", "test.wait", .. here]);
        await UntilAsync(async () => (await other.RunAsync(["jobs", "show", "last", .. here])).Json.GetProperty("status").GetString() == "running");

        _cli.Stop();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, TestContext.Current.CancellationToken);
        bool endedAfterOne = up.IsCompleted;
        _cli.StopNow();
        CliAnswer ended = await up;
        CliAnswer job = await other.RunAsync(["jobs", "show", "last", .. here]);

        Assert.False(endedAfterOne);
        Assert.Equal(ExitCodes.Ok, ended.Exit);
        Assert.Equal("queued", job.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_interrupted_watch_exits_130_and_leaves_the_job_in_the_workspace()
    {
        Task<CliAnswer> watch = _cli.RunAsync("jobs", "enqueue", "test.wait", "--watch");
        using CliUnderTest other = new(init: false);
        await UntilAsync(() => Task.FromResult(_cli.ErrorSoFar.Contains("job.started", StringComparison.Ordinal) || watch.IsCompleted));
        _cli.Stop();
        CliAnswer interrupted = await watch;
        CliAnswer left = await other.RunAsync("jobs", "show", "last", "--workspace", _cli.Folder, "--json");

        Assert.Equal(ExitCodes.Interrupted, interrupted.Exit);
        Assert.Contains("stays in the workspace", interrupted.Error, StringComparison.Ordinal);
        Assert.Equal("queued", left.Json.GetProperty("status").GetString());
    }

    /// <summary>Starts <c>up</c> in the background and returns once another command finds it.</summary>
    private async Task<(Task<CliAnswer> Up, CliAnswer Status)> UpAsync(CliUnderTest other, string[] here)
    {
        _cli.Variables["PENSTOCK_LOGS__LEVEL"] = "error"; // they go to the real stderr
        Task<CliAnswer> up = _cli.RunAsync("up", "--urls", "http://127.0.0.1:0", "--json");
        CliAnswer? status = null;
        await UntilAsync(async () => (status = await other.RunAsync(["status", .. here])).Exit != ExitCodes.ServerNotReachable || up.IsCompleted);
        return (up, status!);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private static JsonElement FindingOf(CliAnswer doctor, string check) =>
        doctor.Json.GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("check").GetString() == check);

    [Fact]
    public async Task A_schedule_is_set_previewed_listed_paused_run_and_removed()
    {
        CliAnswer set = await _cli.RunAsync("schedules", "set", "nightly", "test.add", "a=2", "b=3", "--cron", "0 2 * * *", "--time-zone", "Europe/Berlin", "--json");
        Assert.Equal((ExitCodes.Ok, "fire_once"), (set.Exit, set.Json.GetProperty("misfire").GetString()));
        CliAnswer preview = await _cli.RunAsync("schedules", "preview", "*/20 * * * *", "--count", "3", "--json");
        Assert.Equal(3, preview.Json.GetProperty("slots").GetArrayLength());
        Assert.Contains("0 2 * * *", (await _cli.RunAsync("schedules", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("paused nightly", (await _cli.RunAsync("schedules", "pause", "nightly")).Out, StringComparison.Ordinal);
        CliAnswer run = await _cli.RunAsync("schedules", "run", "nightly", "--watch", "--json");
        Assert.Equal(5, run.Json.GetProperty("result").GetProperty("sum").GetInt32());
        CliAnswer show = await _cli.RunAsync("schedules", "show", "nightly");
        Assert.Contains("paused by", show.Out, StringComparison.Ordinal);
        Assert.Contains("succeeded", show.Out, StringComparison.Ordinal);
        Assert.Contains("resumed nightly; next", (await _cli.RunAsync("schedules", "resume", "nightly")).Out, StringComparison.Ordinal);
        Assert.Equal("nightly", (await _cli.RunAsync("schedules", "remove", "nightly", "--yes", "--json")).Json.GetProperty("removed").GetString());
        CliAnswer none = await _cli.RunAsync("schedules", "list");
        Assert.Contains("No schedules.", none.Out + none.Error, StringComparison.Ordinal);
        CliAnswer wrong = await _cli.RunAsync("schedules", "preview", "61 * * * *");
        Assert.Equal(ExitCodes.Refused, wrong.Exit);
        Assert.StartsWith("error[cron-invalid]", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_of_all_jobs_are_listed_oldest_first_and_filtered_by_level()
    {
        await _cli.RunAsync("jobs", "enqueue", "test.fail", "--watch");
        CliAnswer all = await _cli.RunAsync("events", "--json");
        Assert.Equal(["job.created", "job.started", "job.failed"], all.Json.EnumerateArray().Select(e => e.GetProperty("event").GetString()));
        CliAnswer errors = await _cli.RunAsync("events", "--level", "error");
        Assert.Contains("job.failed", Assert.Single(errors.Lines), StringComparison.Ordinal);
        Assert.Contains("test.fail", errors.Out, StringComparison.Ordinal);
        Assert.Contains("No such events.", (await _cli.RunAsync("events", "--event", "nothing")).Out, StringComparison.Ordinal);
    }
}
