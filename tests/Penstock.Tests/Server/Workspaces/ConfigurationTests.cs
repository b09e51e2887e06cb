using Penstock.Engine.Exec;
using Penstock.RabbitMq;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Xunit;

namespace Penstock.Tests.Server.Workspaces;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_command_line_wins_over_the_environment_over_the_file_over_the_default()
    {
        const string Yaml = "worker:\n  slots: 2\n  drain_seconds: 5\nreaper:\n  stall_seconds: 90\n";
        Dictionary<string, string> environment = new() { ["PENSTOCK_WORKER__SLOTS"] = "3", ["PENSTOCK_WORKER__DRAIN_SECONDS"] = "6" };

        EffectiveConfiguration configuration = Load(Yaml, environment, new ConfigArgument("worker.slots", "4", "--slots"));

        Assert.Equal(4, configuration.Settings.Worker.Slots);
        Assert.Equal(TimeSpan.FromSeconds(6), configuration.Settings.Worker.Drain);
        Assert.Equal(TimeSpan.FromSeconds(90), configuration.Settings.Reaper.Stall);
        Assert.Equal(TimeSpan.FromSeconds(21_600), configuration.Settings.Reaper.MainTimeout);
        Assert.Equal(
            ["command line --slots", "env PENSTOCK_WORKER__DRAIN_SECONDS", "penstock.yaml line 5", "default"],
            new[] { "worker.slots", "worker.drain_seconds", "reaper.stall_seconds", "reaper.main_timeout_seconds" }
                .Select(key => configuration.Value(key).Origin));
    }

    [Fact]
    public void A_value_is_shown_in_the_unit_of_its_key_beside_its_default()
    {
        EffectiveConfiguration configuration = Load("retention:\n  finished_days: 0.5\n");

        EffectiveValue days = configuration.Value("retention.finished_days");
        EffectiveValue seconds = configuration.Value("reaper.main_timeout_seconds");

        Assert.Equal((0.5, 30L, "d"), (days.Value, days.Default, days.Unit));
        Assert.Equal((21_600L, "s"), (seconds.Value, seconds.Unit));
    }

    [Theory]
    [InlineData("PROTEA_TUNING__WORKER__REAPER_MAIN_TIMEOUT_SECONDS", "172800", "worker.reaper_main_timeout_seconds", "reaper.main_timeout_seconds")]
    [InlineData("PROTEA_TUNING__WORKER__REAPER_STALL_SECONDS", "3600", "worker.reaper_stall_seconds", "reaper.stall_seconds")]
    [InlineData("protea_tuning__worker__reaper_stall_seconds", "3601", "worker.reaper_stall_seconds", "reaper.stall_seconds")]
    [InlineData("PENSTOCK_TUNING__WORKER__REAPER_STALL_SECONDS", "3602", "worker.reaper_stall_seconds", "reaper.stall_seconds")]
    [InlineData("PROTEA_TUNING__WORKER__WORKER_SHUTDOWN_GRACE_SECONDS", "45", "worker.worker_shutdown_grace_seconds", "worker.drain_seconds")]
    public void A_variable_of_the_predecessor_sets_the_key_and_its_old_name_can_be_asked_for(string variable, string text, string oldKey, string key)
    {
        EffectiveConfiguration configuration = Load("", new() { [variable] = text });

        EffectiveValue byOldName = configuration.Value(oldKey);

        Assert.Equal((oldKey, long.Parse(text), $"env {variable}"), (byOldName.Key, byOldName.Value, byOldName.Origin));
        Assert.Equal(byOldName with { Key = key }, configuration.Value(key));
    }

    [Fact]
    public void The_own_name_of_a_setting_wins_over_the_predecessors_and_unknown_ones_of_those_are_only_warned_of()
    {
        EffectiveConfiguration configuration = Load("", new()
        {
            ["PENSTOCK_REAPER__STALL_SECONDS"] = "10",
            ["PROTEA_TUNING__WORKER__REAPER_STALL_SECONDS"] = "20",
            ["PROTEA_TUNING__QUEUE__AMQP_HEARTBEAT"] = "600",
        });

        Assert.Equal(TimeSpan.FromSeconds(10), configuration.Settings.Reaper.Stall);
        Assert.Contains("PROTEA_TUNING__QUEUE__AMQP_HEARTBEAT", Assert.Single(configuration.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_broker_is_set_by_parts_or_by_an_address_and_no_view_shows_its_password()
    {
        const string Yaml = "transport:\n  kind: rabbitmq\n  host: broker\n  tls: true\n  prefetch: 3\n  password: hidden-1\n";
        EffectiveConfiguration byParts = Load(Yaml);
        EffectiveConfiguration byAddress = Load(Yaml, new() { ["PROTEA_AMQP_URL"] = "amqp://me:hidden-2@elsewhere:5673/lab" });

        RabbitMqOptions parts = byParts.Settings.Transport.ToRabbitMq("/").Resolved();
        RabbitMqOptions address = byAddress.Settings.Transport.ToRabbitMq("/").Resolved();

        Assert.Equal(("broker", true, "guest", "hidden-1", "/", 3), (parts.Host, parts.Tls, parts.User, parts.Password, parts.VirtualHost, parts.Prefetch));
        Assert.Equal(("elsewhere", 5673, "me", "hidden-2", "lab"), (address.Host, address.Port, address.User, address.Password, address.VirtualHost));
        Assert.Equal(("***", "penstock.yaml line 6"), (byParts.Value("transport.password").Value, byParts.Value("transport.password").Origin));
        Assert.Equal(("amqp://me:***@elsewhere:5673/lab", "env PROTEA_AMQP_URL"), (byAddress.Value("transport.url").Value, byAddress.Value("transport.url").Origin));
        Assert.DoesNotContain(byAddress.Values, value => $"{value.Value}{value.Default}".Contains("hidden", StringComparison.Ordinal));
        Assert.DoesNotContain("hidden", $"{parts}{address}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://me:hidden@host")]
    [InlineData("me:hidden@host")]
    public void A_wrong_address_of_the_broker_is_reported_without_the_password_in_it(string url)
    {
        ConfigInvalidException error = Assert.Throws<ConfigInvalidException>(() => Load("", new() { ["PENSTOCK_TRANSPORT__URL"] = url }));

        Assert.Contains("amqp://", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_store_is_a_file_unless_a_database_is_named_whose_password_no_view_shows()
    {
        EffectiveConfiguration file = Load("");
        EffectiveConfiguration database = Load("store:\n  kind: postgres\n  schema: lab\n", new()
        {
            ["PENSTOCK_STORE__URL"] = "postgresql://me%40lab:hid%2Fden@db.example.org/penstock?sslmode=verify-full&connect_timeout=3",
        });
        EffectiveConfiguration apart = Load("store:\n  kind: postgres\n  url: postgres://me@[::1]:5433/penstock\n", new() { ["PENSTOCK_STORE__PASSWORD"] = "hidden" });
        Directory.CreateDirectory(Path.Combine(_folder.Path, "secrets"));
        File.WriteAllText(Path.Combine(_folder.Path, "secrets", "db"), "hidden-2\n");
        EffectiveConfiguration inFile = Load("store:\n  kind: postgres\n  url: postgres://me@db/penstock\n  password_file: secrets/db\n");

        Assert.False(file.Settings.Store.IsPostgres);
        Assert.Equal(
            "Host=db.example.org;Port=5432;Database=penstock;Username=me@lab;Password=hid/den;SSL Mode=VerifyFull;Timeout=3;Search Path=lab",
            database.Settings.Store.ToPostgres(Workspace.Open(_folder.Path)).ConnectionString);
        Assert.Equal("Host=::1;Port=5433;Database=penstock;Username=me;Password=hidden", apart.Settings.Store.ToPostgres(Workspace.Open(_folder.Path)).ConnectionString);
        Assert.EndsWith("Password=hidden-2", inFile.Settings.Store.ToPostgres(Workspace.Open(_folder.Path)).ConnectionString, StringComparison.Ordinal);
        Assert.Equal("postgresql://me%40lab:***@db.example.org/penstock?sslmode=verify-full&connect_timeout=3", database.Value("store.url").Value);
        Assert.Equal("***", apart.Value("store.password").Value);
    }

    [Theory]
    [InlineData("", "store.url is needed where store.kind is postgres")]
    [InlineData("  url: mysql://me:hidden@db/penstock\n", "store.url is no address such as postgresql://")]
    [InlineData("  url: postgresql://me:hidden@db\n", "names no database")]
    [InlineData("  url: postgresql://me:hidden@db/penstock?sslmode=maybe\n", "sslmode is 'maybe'; one of disable,")]
    [InlineData("  url: postgresql://me:hidden@db/penstock?pool=3\n", "The option 'pool' is not known here")]
    [InlineData("  url: postgresql://me@db/penstock\n  password: hidden\n  password_file: secrets/db\n", "are both set")]
    [InlineData("  url: postgresql://me@db/penstock\n  password_file: secrets/none\n", "'secrets/none', which cannot be read")]
    public void What_is_wrong_with_the_store_is_said_without_the_password(string lines, string message)
    {
        ConfigInvalidException error = Assert.Throws<ConfigInvalidException>(() => Load($"store:\n  kind: postgres\n{lines}"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_keys_and_values_of_all_sources_are_reported_at_once_with_place_and_nearest_key()
    {
        const string Yaml = """
            server:
              urls: [ftp://here]
            worker:
              slot: 3
              lease_seconds: soon
            reper:
              stall_seconds: 5
            logs:
              level: loud
            queues:
              - name: a
                max_runing: 2
              - max_running: 0
              - name: a
              - name: b
                on_lost: forget
            """;
        Dictionary<string, string> environment = new()
        {
            ["PENSTOCK_REAPER__INTERVAL_SECONDS"] = "0",
            ["PENSTOCK_WORKER__QEUES"] = "a",
            ["PENSTOCK_QUEUES__0__NAME"] = "a",
            ["PENSTOCK_TOKEN"] = "not a setting",
        };

        ConfigInvalidException error = Assert.Throws<ConfigInvalidException>(() => Load(Yaml, environment, new ConfigArgument("slots", "5", "--set")));

        Assert.Equal("config-invalid", error.Code);
        Assert.Equal(
            [
                "penstock.yaml line 4: there is no setting worker.slot. Did you mean worker.slots?",
                "penstock.yaml line 7: there is no setting reper.stall_seconds. Did you mean reaper.stall_seconds?",
                "penstock.yaml line 12: a queue has no max_runing. Did you mean max_running?",
                "penstock.yaml line 13: max_running is '0'; a whole number from 1 to 100000 is needed, or nothing for no limit.",
                "penstock.yaml line 13: a queue needs a name.",
                "penstock.yaml line 16: on_lost is 'forget'; requeue or fail is needed.",
                "variable PENSTOCK_QUEUES__0__NAME: queues are set in penstock.yaml only.",
                "variable PENSTOCK_WORKER__QEUES: there is no setting worker.qeues. Did you mean worker.queues?",
                "command line --set: there is no setting slots. Did you mean worker.slots?",
                "penstock.yaml line 2: server.urls is 'ftp://here'; an address such as http://127.0.0.1:8080 is needed.",
                "penstock.yaml line 5: worker.lease_seconds is 'soon'; a number of seconds from 3 to 3600 is needed.",
                "penstock.yaml line 9: logs.level is 'loud'; one of trace, debug, information, warning, error is needed.",
                "variable PENSTOCK_REAPER__INTERVAL_SECONDS: reaper.interval_seconds is '0'; a number of seconds from 1 to 3600 is needed.",
            ],
            error.Problems.Select(problem => problem.ToString()));
        Assert.All(error.Problems, problem => Assert.Contains(problem.ToString(), error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Operations_of_the_workspace_are_read_with_what_they_leave_open_filled_in()
    {
        EffectiveConfiguration configuration = Load("""
            operations:
              - name: proteins.fold
                kind: exec
                queue: gpu
                summary: Fold one protein.
                command: [python3, fold.py, "{accession}"]
                working_directory: tools
                env: [PATH]
                set_env: {MODEL: b}
                timeout_seconds: 600
                max_attempts: 5
                memory_bytes: 1073741824
                exit_codes: {75: snooze, 65: fail, 3: retry}
                grace_seconds: 2.5
              - name: sky.reduce
                kind: external
                queue: remote
            """);

        ExecDefinition exec = configuration.Settings.Operations[0].ToExec();
        Assert.Equal(("proteins.fold", "gpu", "Fold one protein.", "tools"), (exec.Name, exec.QueueName, exec.Summary, exec.WorkingDirectory));
        Assert.Equal(["python3", "fold.py", "{accession}"], exec.Command);
        Assert.Equal(["PATH"], exec.Environment);
        Assert.Equal("b", exec.SetEnvironment["MODEL"]);
        Assert.Equal((TimeSpan.FromMinutes(10), 5, 1L << 30), (exec.Timeout, exec.Retry.MaxAttempts, exec.MemoryBytesMax));
        Assert.Equal([(3, ExitMeaning.Retry), (65, ExitMeaning.Fail), (75, ExitMeaning.Snooze)], exec.ExitCodes.OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
        Assert.Equal((TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(30), 262_144), (exec.StopGrace, exec.SnoozeDelay, exec.OutputBytesMax));
        Assert.Equal(("external", "remote", 3), (configuration.Settings.Operations[1].Kind, configuration.Settings.Operations[1].Queue, configuration.Settings.Operations[1].Retry.MaxAttempts));
        Assert.Equal("penstock.yaml line 1", configuration.Value("operations").Origin);
    }

    [Fact]
    public void Everything_wrong_with_the_operations_is_reported_at_once()
    {
        const string Yaml = """
            operations:
              - name: Fold It
                queue: gpu
                command: python3 fold.py
              - name: a
                queue: q
                command: ["{program}"]
                memory_byte: 5
                exit_codes: {busy: snooze, 3: maybe}
              - name: b
                kind: remote
              - name: c
                kind: external
                command: [x]
                queue: q
              - name: d
                command: []
                env: ["A=B"]
              - name: e
                queue: q
                command: [x]
              - name: e
                queue: q
                command: [x]
              - name: f
                kind: external
                queue: q
              - just text
            """;
        ConfigInvalidException error = Assert.Throws<ConfigInvalidException>(() => Load(Yaml, new() { ["PENSTOCK_OPERATIONS__0__NAME"] = "x" }));
        Assert.Equal(
            [
                "penstock.yaml line 4: command takes a list of texts, such as [awk, -f, count.awk]; no shell would take a single text apart.",
                "penstock.yaml line 8: an operation has no memory_byte. Did you mean memory_bytes?",
                "penstock.yaml line 9: exit_codes holds 'busy: snooze'; a code and one of retry, fail, snooze is needed, such as '75: snooze'.",
                "penstock.yaml line 9: exit_codes holds '3: maybe'; a code and one of retry, fail, snooze is needed, such as '75: snooze'.",
                "penstock.yaml line 11: kind is 'remote'; exec or external is needed.",
                "penstock.yaml line 12: operation 'c' is external and has no command: its workers decide how it runs.",
                "penstock.yaml line 16: operation 'd': queue is missing: name the queue its jobs wait in.",
                "penstock.yaml line 16: operation 'd': command is missing: a list of the program and its arguments, such as [awk, -f, count.awk].",
                "penstock.yaml line 16: operation 'd': 'A=B' is not the name of an environment variable.",
                "penstock.yaml line 22: operation e is listed twice.",
                "penstock.yaml line 25: operation f is external and e is exec, and both name queue q; give one of them a queue of its own.",
                "penstock.yaml line 28: an entry of operations is a mapping with the keys name, kind and queue.",
                "variable PENSTOCK_OPERATIONS__0__NAME: operations are set in penstock.yaml only.",
            ],
            error.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Text_that_is_no_YAML_is_reported_with_its_line()
    {
        ConfigProblem problem = Assert.Single(Assert.Throws<ConfigInvalidException>(() => Load("worker:\n  slots: [1\n")).Problems);

        Assert.StartsWith("penstock.yaml line ", problem.Where, StringComparison.Ordinal);
        Assert.Contains("not YAML", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a remark\n")]
    [InlineData("worker:\nqueues:\nserver:\n  urls:\n")]
    public void What_is_empty_means_the_default(string yaml)
    {
        EffectiveConfiguration configuration = Load(yaml);

        Assert.Equal(["http://127.0.0.1:8080"], configuration.Settings.Server.Urls);
        Assert.All(configuration.Values, value => Assert.Equal("default", value.Origin));
    }

    [Fact]
    public void A_list_is_written_in_YAML_or_with_commas()
    {
        Assert.Equal(["a", "b"], Load("worker:\n  queues: [a, b]\n").Settings.Worker.Queues);
        Assert.Equal(["a", "b"], Load("worker:\n  queues: a, b\n").Settings.Worker.Queues);
        Assert.Equal(["a", "b"], Load("", new() { ["PENSTOCK_WORKER__QUEUES"] = "a,b" }).Settings.Worker.Queues);
        Assert.Equal(["http://*:80", "http://[::1]:81"], Load("server:\n  urls: ['http://*:80', 'http://[::1]:81']\n").Settings.Server.Urls);
    }

    [Fact]
    public void A_key_that_does_not_exist_cannot_be_asked_for_and_the_nearest_one_is_named()
    {
        SettingNotFoundException error = Assert.Throws<SettingNotFoundException>(() => Load("").Value("worker.slot"));

        Assert.Equal("setting-not-found", error.Code);
        Assert.Contains("worker.slots", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slots", "slots", 0)]
    [InlineData("slot", "slots", 1)]
    [InlineData("slosts", "slots", 1)]
    [InlineData("solts", "slots", 1)]
    [InlineData("", "slots", 5)]
    [InlineData("kitten", "sitting", 3)]
    public void The_distance_of_two_names_is_the_number_of_mistakes_between_them(string left, string right, int distance)
    {
        Assert.Equal(distance, EditDistance.Between(left, right));
        Assert.Equal(distance, EditDistance.Between(right, left));
    }

    [Fact]
    public void A_name_that_is_near_to_nothing_gets_no_suggestion() =>
        Assert.Null(EditDistance.Nearest("completely.different", ["worker.slots", "reaper.stall_seconds"]));

    [Fact]
    public void Schedules_are_read_with_their_payload_as_JSON()
    {
        EffectiveConfiguration configuration = Load("""
            schedules:
              - name: nightly
                operation: insert_proteins
                cron: "30 2 * * mon-fri"
                time_zone: Europe/Berlin
                misfire: catch_up
                catch_up_max: 3
                jitter_seconds: 2.5
                priority: -5
                payload:
                  search_criteria: "9606"
                  page_size: 50
                  dry: true
                  nothing:
                  list: [1, 2.5, a]
              - {name: pulse, operation: ping, cron: "@every 15m"}
            """);
        ScheduleSettings nightly = configuration.Settings.Schedules[0];
        Assert.Equal(
            ("nightly", "insert_proteins", "30 2 * * mon-fri", "Europe/Berlin", "catch_up", 3, 2.5, -5),
            (nightly.Name, nightly.Operation, nightly.Cron, nightly.TimeZone, nightly.Misfire, nightly.CatchUpMax, nightly.JitterSeconds, nightly.Priority));
        Assert.Equal("""{"search_criteria":"9606","page_size":50,"dry":true,"nothing":null,"list":[1,2.5,"a"]}""", nightly.Payload);
        Assert.Equal(new ScheduleSettings("pulse", "ping", "@every 15m"), configuration.Settings.Schedules[1]);
        Assert.Equal("penstock.yaml line 1", configuration.Value("schedules").Origin);
    }

    [Fact]
    public void All_that_is_wrong_with_schedules_is_reported_at_once_with_its_line()
    {
        ConfigInvalidException error = Assert.Throws<ConfigInvalidException>(() => Load("""
            schedules:
              - name: Loud
                operation: ping
                cron: "61 * * * *"
                time_zone: Mars/Olympus
              - name: a
                cron: "0 0 30 2 *"
                misfires: skip
              - {name: b, operation: ping, cron: "@daily", misfire: maybe, priority: high, payload: 5}
              - {name: b2, operation: ping, cron: "@daily"}
              - {name: b2, operation: ping, cron: "@daily"}
              - text
            """));
        string[] problems = [.. error.Problems.Select(p => p.ToString())];
        foreach (string expected in (string[])
            [
                "penstock.yaml line 2: 'Loud' is no name", "penstock.yaml line 4: The schedule expression '61 * * * *'", "penstock.yaml line 5: There is no time zone",
                "penstock.yaml line 7: The schedule expression '0 0 30 2 *'", "penstock.yaml line 8: a schedule has no misfires. Did you mean misfire?",
                "penstock.yaml line 6: schedule a needs an operation", "penstock.yaml line 9: misfire is 'maybe'", "penstock.yaml line 9: priority is 'high'",
                "penstock.yaml line 9: payload is a mapping", "penstock.yaml line 11: schedule b2 is listed twice", "penstock.yaml line 12: an entry of schedules",
            ])
            Assert.Contains(problems, p => p.StartsWith(expected, StringComparison.Ordinal));
    }

    private EffectiveConfiguration Load(string yaml, Dictionary<string, string>? environment = null, params ConfigArgument[] arguments)
    {
        File.WriteAllText(_folder.Sub(Workspace.ConfigFileName), yaml);
        return EffectiveConfiguration.Load(Workspace.Open(_folder.Path), environment ?? [], arguments);
    }
}
