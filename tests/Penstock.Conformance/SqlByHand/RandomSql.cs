namespace Penstock.Conformance.SqlByHand;

/// <summary>Draws what a person might type: mostly what makes sense, now and then what has to be refused.</summary>
internal sealed class RandomSql(Random random)
{
    private static readonly string[] Statuses = ["queued", "queued", "succeeded", "failed", "cancelled", "cancelled", "running"];
    private static readonly string[] Queues = ["work", "again", "single"];

    /// <param name="jobs">Known ids; some may be gone.</param>
    /// <param name="deletes">Whether jobs may be deleted, too.</param>
    /// <returns>What it is for the statistics, and the text.</returns>
    public (string Kind, string Sql) Draw(IReadOnlyList<Guid> jobs, bool deletes) => random.Next(20) switch
    {
        < 8 => Move(jobs),
        < 10 => ("priority", $"update job set priority = {random.Next(-3, 4)} where {Where(jobs)}"),
        < 12 => ("time", $"update job set run_at = {Time()} where {Where(jobs)} and status <> 'running'"),
        12 => ("queue", $"update job set queue_name = '{Pick(Queues)}', priority = {random.Next(3)} where {Where(jobs)} and status <> 'running'"),
        13 => ("key", $"update job set unique_key = {Key()} where {Where(jobs)}"),
        14 => ("edit", $$"""update job set payload = '{"n": {{random.Next(9)}}}', failures = 0, max_attempts = 5 where {{Where(jobs)}}"""),
        15 when deletes => ("delete", $"delete from job where {Where(jobs)} and status <> 'running'"),
        16 => ("event", $"insert into job_event (job_id, event) select id, 'person.looked' from job where {Where(jobs)}"),
        _ => Insert(jobs),
    };

    /// <summary>Some statements in one transaction, which may be undone. It deletes nothing: what ended in it would leave no trace.</summary>
    public (string Kind, string Sql) DrawTransaction(IReadOnlyList<Guid> jobs)
    {
        string all = string.Join("; ", Enumerable.Range(0, random.Next(2, 4)).Select(_ => Draw(jobs, deletes: false).Sql));
        return random.Next(4) == 0 ? ("undone", $"begin; {all}; rollback") : ("together", $"begin; {all}; commit");
    }

    private (string, string) Move(IReadOnlyList<Guid> jobs)
    {
        string status = Pick(Statuses);
        string from = status == "queued" ? Pick(["status in ('failed', 'running')", "status = 'running'", "true"]) : Pick(["status in ('queued', 'running')", "status = 'queued'", "true"]);
        string more = Pick(["", "", ", priority = 2", ", run_at = now() + interval '1 hour'", ", error_message = 'by hand'", ", queue_name = 'again'"]);
        return ($"to {status}", $"update job set status = '{status}'{more} where {Where(jobs)} and {from}");
    }

    private (string, string) Insert(IReadOnlyList<Guid> jobs)
    {
        string parent = random.Next(4) == 0 && jobs.Count > 0 ? $"(select id from job where id = '{Pick(jobs)}')" : "null";
        string status = random.Next(5) == 0 ? Pick(Statuses) : "queued";
        return ("insert", $"""
            insert into job (operation, queue_name, status, priority, run_at, unique_key, parent_job_id)
            values ('nothing', '{Pick(Queues)}', '{status}', {random.Next(-2, 3)}, {(status == "queued" ? Time() : "null")}, {Key()}, {parent})
            """);
    }

    private string Where(IReadOnlyList<Guid> jobs) => jobs.Count == 0 ? "true" : random.Next(6) switch
    {
        0 => $"(parent_job_id = '{Pick(jobs)}' or id = '{Pick(jobs)}')",
        1 => $"priority = {random.Next(-1, 2)}",
        _ => $"id in ({string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"'{Pick(jobs)}'"))})",
    };

    private string Time() => Pick(["null", "null", "now() + interval '1 hour'", "now() - interval '1 minute'"]);

    private string Key() => random.Next(3) == 0 ? $"'key {random.Next(3)}'" : "null";

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
