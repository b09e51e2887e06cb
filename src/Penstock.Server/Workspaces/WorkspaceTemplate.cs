namespace Penstock.Server.Workspaces;

/// <summary>The text of a new <c>penstock.yaml</c>: what people change first, with its default, commented out.</summary>
internal static class WorkspaceTemplate
{
    public static string Render(IReadOnlyList<string> pipelines) => $"""
        # Penstock workspace. Every key has a default; 'penstock config show' lists all keys, values and where each came from.
        # A variable wins over this file: PENSTOCK_WORKER__SLOTS=8. The command line wins over both: --set worker.slots=8.

        pipelines: [{string.Join(", ", pipelines)}]

        #server:
        #  urls: [http://127.0.0.1:8080]

        #worker:
        #  slots: 4                     # jobs run at once; default: one per processor
        #  queues: [protea.jobs]        # default: every queue

        #store:                         # where jobs and records are kept
        #  kind: postgres               # default: sqlite, the file data/penstock.db; see docs/guides/scale-out.md
        #  url: postgresql://penstock@db.example.org/penstock   # the password is best in PENSTOCK_STORE__PASSWORD

        #transport:                     # what wakes workers in other processes
        #  kind: rabbitmq               # default: in-process, for the workers of one machine
        #  host: broker.example.org     # the password is best in PENSTOCK_TRANSPORT__PASSWORD

        #reaper:                        # a job fails as JobTimeout when both are exceeded
        #  main_timeout_seconds: 21600
        #  stall_seconds: 1800

        #retention:
        #  finished_days: 30

        #artifacts:
        #  kind: folder                 # data/artifacts; or s3, with endpoint, bucket and keys: see docs/guides/scale-out.md

        #queues:
        #  - name: protea.embeddings
        #    max_running: 1             # over all workers
        #    on_lost: requeue           # or fail: what becomes of a job whose worker died
        #    finished: immutable        # or requeueable: operators may run its finished jobs again
        #    rate:                      # starts in any minute
        #      count: 100
        #      per_seconds: 60
        #    max_running_per_key: 1     # of jobs enqueued with the same concurrency_key

        #resources:                     # what jobs may need besides a slot
        #  - name: "gpu:0"
        #    capacity: 1

        #operations:                    # operations of your own; 'penstock operations list' shows them all
        #  - name: proteins.composition
        #    kind: exec                 # a program, started without a shell; or external: run by remote workers
        #    queue: proteins.exec
        #    command: [awk, -f, tools/composition.awk]
        #    env: [PATH, HOME]          # all the server's variables it gets
        #    timeout_seconds: 600

        """;
}
