-- SQL by hand. Operators change jobs in psql; these triggers do around such a statement what the engine does around its own:
-- hints, claims, events, dead letters, counters, and whoever waits for the job. docs/guides/sql.md says what may be done.
--
-- The engine's connections say penstock.engine = on and pass all of it. There is no trigger before the update of a row, because
-- PostgreSQL locks each row for one, whatever its condition: rows are put right afterwards, by a second update.
-- A statement takes the engine's turn before it looks for rows: a row lock held while waiting for the turn would be a deadlock.
-- A later migration that changes a column of job or worker has to drop the views of the schema absurd first, and call
-- penstock_absurd() at its end.

-- ---- Small things ------------------------------------------------------------------------------------------------------------

-- UUID version 7, as the engine makes them: retention and listings rely on ids that begin with their time.
create function penstock_new_id() returns uuid language sql volatile as $$
    select cast(encode(set_byte(set_byte(
               overlay(b placing substring(int8send(cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)) from 3) from 1 for 6),
               6, get_byte(b, 6) & 15 | 112), 8, get_byte(b, 8) & 63 | 128), 'hex') as uuid)
      from uuid_send(gen_random_uuid()) as b
$$;

-- The words of WakeUpWords, on the channel of PostgresWakeUps. Without them a worker finds out within its poll interval.
create function penstock_wake(word text) returns void language plpgsql as $$
begin
    if octet_length('penstock_' || current_schema()) < 64 then
        perform pg_notify('penstock_' || current_schema(), E'sql\n' || word);
    end if;
end
$$;

create function penstock_event(job_id uuid, event text, fields json, level text default 'info', message text default null)
returns void language sql as $$
    insert into job_event (job_id, ts, level, event, message, fields)
    values (penstock_event.job_id, clock_timestamp(), penstock_event.level, penstock_event.event, penstock_event.message, penstock_event.fields)
$$;

-- The engine waits while a transaction by hand goes on, and workers that cannot send their heartbeat give up their work.
create function penstock_weigh(jobs bigint) returns void language plpgsql as $$
declare
    jobs_max constant bigint := 10000; -- about 5 s
    done bigint := coalesce(nullif(current_setting('penstock.jobs_changed', true), ''), '0')::bigint + jobs;
begin
    if done > jobs_max then
        raise exception 'this transaction changes more jobs than one may (% updates or inserts, or ten times as many deletes)', jobs_max
            using errcode = 'program_limit_exceeded',
                  hint = 'The engine waits meanwhile. Do it in portions, each in a transaction of its own: ... where id in (select id from job where ... limit 1000).';
    end if;
    perform set_config('penstock.jobs_changed', done::text, true);
end
$$;

create function penstock_count(queue text, ending text) returns void language sql as $$
    update queue set succeeded = succeeded + (ending = 'succeeded')::int, failed = failed + (ending = 'failed')::int,
                     cancelled = cancelled + (ending = 'cancelled')::int
     where name = penstock_count.queue
$$;

-- ---- Hints -------------------------------------------------------------------------------------------------------------------

create function penstock_unhint(seq bigint, queue text, priority integer) returns void language sql as $$
    delete from ready r
     where r.queue_id = (select q.id from queue q where q.name = penstock_unhint.queue) and r.prio = -penstock_unhint.priority
       and r.kind = 0 and r.seq = penstock_unhint.seq;
    delete from deferred d where d.kind = 0 and d.seq = penstock_unhint.seq;
    delete from parked p where p.kind = 0 and p.seq = penstock_unhint.seq;
$$;

-- The one hint of a queued job, where its time says; none while it waits for others.
create function penstock_hint(seq bigint) returns void language plpgsql as $$
declare
    j job;
    queue_id integer;
begin
    select * into j from job where job.seq = penstock_hint.seq;
    if j.status is distinct from 'queued' or j.waiting_for = 'dependencies' or (j.waiting_for = 'signal' and j.run_at is null) then
        return;
    end if;
    select id into queue_id from queue where name = j.queue_name;
    if j.run_at > clock_timestamp() then
        insert into deferred (run_at, kind, seq, queue_id, prio) values (j.run_at, 0, j.seq, queue_id, -j.priority) on conflict do nothing;
    else
        insert into ready (queue_id, prio, kind, seq) values (queue_id, -j.priority, 0, j.seq) on conflict do nothing;
    end if;
    perform penstock_wake('queue ' || j.queue_name);
end
$$;

-- ---- Ends: what CancelWriter, FailureWriter, EndingWriter, DependencyWriter and ParentWriter do ----------------------------------

-- Takes back every lease of a job and forgets its items. What its worker still sends matches neither status nor fence.
create function penstock_end_work(id uuid, seq bigint) returns void language plpgsql as $$
declare
    taken bigint;
begin
    with of_job as (
        delete from claim c where c.kind = 0 and c.seq = penstock_end_work.seq returning 1),
    of_items as (
        delete from claim c
         where c.kind = 1 and c.seq in (select i.seq from item i where i.parent_job_id = penstock_end_work.id)
        returning 1)
    select (select count(*) from of_job) + (select count(*) from of_items) into taken;
    delete from item i where i.parent_job_id = penstock_end_work.id;
    if taken > 0 then
        perform penstock_wake('leases');
    end if;
end
$$;

-- Cancels what is unfinished of a job and its descendants. Who waits for them is told by penstock_settle, once all are cancelled.
create function penstock_cancel(id uuid, fields json) returns setof uuid language plpgsql as $$
declare
    j job;
begin
    for j in
        with recursive family (id) as (
            select penstock_cancel.id
            union
            select c.id from job c join family f on c.parent_job_id = f.id)
        select m.* from job m join family f on f.id = m.id where m.status in ('queued', 'running') order by m.id
    loop
        update job set status = 'cancelled', finished_at = clock_timestamp(), waiting_for = null where job.seq = j.seq;
        perform penstock_unhint(j.seq, j.queue_name, j.priority);
        perform penstock_end_work(j.id, j.seq);
        perform penstock_event(j.id, 'job.cancelled', fields);
        perform penstock_count(j.queue_name, 'cancelled');
        return next j.id;
    end loop;
end
$$;

-- What a failure leaves besides the row. The job is failed already.
create function penstock_failure(id uuid, fields json) returns void language plpgsql as $$
declare
    j job;
begin
    select * into j from job where job.id = penstock_failure.id;
    perform penstock_event(j.id, 'job.failed', fields, 'error', j.error_message);
    insert into dead_letter (id, kind, job_id, queue_name, operation, payload, error_code, error_message, attempts, created_at)
    values (penstock_new_id(), 'job', j.id, j.queue_name, j.operation, j.payload, j.error_code, j.error_message, j.attempt, clock_timestamp());
    if exists (select 1 from job p where p.id = j.parent_job_id) then
        perform penstock_event(
            j.parent_job_id, 'child.failed', json_build_object('job_id', j.id, 'error_code', j.error_code), 'error', j.error_message);
    end if;
end
$$;

-- Tells a parent that waits for its children of an end. Returns its own end, if that was the last one.
create function penstock_child_ended(parent uuid) returns text language plpgsql as $$
declare
    p job;
    children bigint;
    ended bigint;
    succeeded bigint;
begin
    select * into p from job where id = parent and status = 'running' and waiting_for = 'children';
    if not found then
        return null;
    end if;
    select count(*), count(c.finished_at), count(*) filter (where c.status = 'succeeded')
      into children, ended, succeeded from job c where c.parent_job_id = parent;
    update job set progress_current = ended, progress_total = children where id = parent;
    if ended < children then
        return null;
    end if;
    if succeeded > 0 or children = 0 then
        update job set status = 'succeeded', finished_at = clock_timestamp(), waiting_for = null, error_code = null, error_message = null
         where id = parent;
        perform penstock_event(parent, 'job.succeeded', json_build_object('via', 'last_child', 'result', p.result));
        perform penstock_count(p.queue_name, 'succeeded');
        return 'succeeded';
    end if;
    update job set status = 'failed', finished_at = clock_timestamp(), waiting_for = null, error_code = 'AllChildrenFailed',
                   error_message = format('None of the %s child jobs succeeded. Look at their errors, then redrive them and this job.', children)
     where id = parent;
    perform penstock_failure(parent, json_build_object('error_code', 'AllChildrenFailed'));
    perform penstock_count(p.queue_name, 'failed');
    return 'failed';
end
$$;

-- Puts a blocked job into its queue if nothing is left to wait for.
create function penstock_unblock(id uuid) returns void language plpgsql as $$
declare
    freed bigint;
begin
    update job set waiting_for = null
     where job.id = penstock_unblock.id and status = 'queued' and waiting_for = 'dependencies'
       and not exists (select 1 from job_dependency d where d.job_id = job.id and d.resolved_at is null)
    returning seq into freed;
    if freed is not null then
        perform penstock_event(penstock_unblock.id, 'job.unblocked', '{}');
        perform penstock_hint(freed);
    end if;
end
$$;

-- Everything that hangs on jobs that have ended. An end can end others, and those again others: they queue up in the arrays, so
-- that a chain of any length needs no deep stack. parent: of the first, which may be gone already.
create function penstock_settle(ids uuid[], endings text[], parent uuid) returns void language plpgsql as $$
declare
    dependents_max constant integer := 1000; -- as DependencyWriter: the engine goes on with the rest
    i integer := 0;
    n integer;
    d record;
    cancelled uuid[];
    closed text;
begin
    while i < cardinality(ids) loop
        i := i + 1;
        delete from job_unique u where u.job_id = ids[i];
        delete from signal_wait w where w.job_id = ids[i];
        update job_dependency o set resolved_at = clock_timestamp(), resolution = 'abandoned'
         where o.job_id = ids[i] and o.resolved_at is null;
        n := 0;
        for d in
            select o.job_id, o.step, o.position, o.on_failure from job_dependency o
             where o.depends_on_id = ids[i] and o.resolved_at is null
               and (endings[i] in ('succeeded', 'deleted') or o.on_failure <> 'hold')
             order by o.job_id limit dependents_max + 1
        loop
            n := n + 1;
            if n > dependents_max then
                insert into unsettled (subject, ending) values (ids[i]::text, endings[i])
                on conflict (subject) do update set ending = excluded.ending;
                exit;
            end if;
            update job_dependency o
               set resolved_at = clock_timestamp(), resolution = case endings[i] when 'deleted' then 'cancelled' else endings[i] end
             where o.job_id = d.job_id and o.step = d.step and o.position = d.position;
            if endings[i] = 'succeeded' or d.on_failure = 'run' then
                perform penstock_unblock(d.job_id);
            else
                cancelled := array(select penstock_cancel(d.job_id, json_build_object('reason', format(
                    'its dependency %s was %s', ids[i], case endings[i] when 'failed' then 'a failure' else endings[i] end))));
                ids := ids || cancelled;
                endings := endings || array_fill('cancelled'::text, array[cardinality(cancelled)]);
            end if;
        end loop;
        if i > 1 then
            select j.parent_job_id into parent from job j where j.id = ids[i];
        end if;
        closed := penstock_child_ended(parent);
        if closed is not null then
            ids := ids || parent;
            endings := endings || closed;
        end if;
    end loop;
end
$$;

-- ---- Refusals ----------------------------------------------------------------------------------------------------------------

-- What no job may be. Only what changes is looked at: the engine has rules of its own for what it writes. o: null for a new job.
create function penstock_check(o job, n job) returns void language plpgsql as $$
begin
    if n.operation is null or n.operation = '' then
        raise exception 'job %: operation is missing', n.id
            using errcode = 'check_violation', hint = 'Name the operation that is to run, such as proteins.load_ontology.';
    elsif n.queue_name is null then
        raise exception 'job %: queue_name is missing, and no recent job of operation ''%'' tells it', n.id, n.operation
            using errcode = 'check_violation', hint = format('There are: %s.', (select string_agg(name, ', ' order by name) from queue));
    elsif n.queue_name is distinct from o.queue_name and not exists (select 1 from queue where name = n.queue_name) then
        raise exception 'job %: there is no queue ''%''', n.id, n.queue_name
            using errcode = 'check_violation', hint = format('There are: %s.', (select string_agg(name, ', ' order by name) from queue));
    elsif n.priority is distinct from o.priority and n.priority not between -1000 and 1000 then
        raise exception 'job %: priority % is outside -1000 to 1000', n.id, n.priority
            using errcode = 'check_violation', hint = 'Higher runs first; 0 is usual.';
    elsif n.max_attempts is distinct from o.max_attempts and n.max_attempts not between 1 and 1000 then
        raise exception 'job %: max_attempts % is outside 1 to 1000', n.id, n.max_attempts
            using errcode = 'check_violation', hint = '1 means: never again after a failure.';
    elsif n.timeout_seconds is distinct from o.timeout_seconds and n.timeout_seconds <= 0 then
        raise exception 'job %: timeout_seconds % is not above 0', n.id, n.timeout_seconds
            using errcode = 'check_violation', hint = 'Null means: no limit.';
    elsif least(n.failures, n.retries, n.deaths) < 0 then
        raise exception 'job %: failures %, retries % and deaths % count, and are not below 0', n.id, n.failures, n.retries, n.deaths
            using errcode = 'check_violation', hint = 'Set failures = 0 for a fresh set of attempts.';
    elsif (n.progress_current is distinct from o.progress_current or n.progress_total is distinct from o.progress_total)
        and (n.progress_current < 0 or n.progress_current > n.progress_total) then
        raise exception 'job %: progress % of % cannot be', n.id, n.progress_current, n.progress_total
            using errcode = 'check_violation', hint = 'It goes from 0 to progress_total.';
    elsif n.payload::text is distinct from o.payload::text and (json_typeof(n.payload) <> 'object' or length(n.payload::text) > 1048576) then
        raise exception 'job %: the payload is no JSON object of at most 1 MiB', n.id
            using errcode = 'check_violation', hint = 'Operations take a JSON object; large inputs belong into an artifact, with its name in the payload.';
    elsif n.payload::text is distinct from o.payload::text and n.payload::text ~ '^\s*\{\s*"\$encrypted"' then
        raise exception 'job %: the member $encrypted of the payload is the engine''s own', n.id
            using errcode = 'check_violation', hint = 'It opens for the job it was made for and for no other. Write the payload in the clear.';
    elsif n.meta::text is distinct from o.meta::text and json_typeof(n.meta) <> 'object' then
        raise exception 'job %: meta is no JSON object', n.id using errcode = 'check_violation', hint = 'Use an object, or null.';
    elsif n.unique_key is distinct from o.unique_key and (n.unique_key !~ '\S' or length(n.unique_key) > 200)
        or n.idempotency_key is distinct from o.idempotency_key and (n.idempotency_key !~ '\S' or length(n.idempotency_key) > 200) then
        raise exception 'job %: a key has 1 to 200 characters', n.id using errcode = 'check_violation', hint = 'Use null for none.';
    elsif n.resources::text is distinct from o.resources::text and (json_typeof(n.resources) <> 'object' or exists (
            select 1 from json_each(case json_typeof(n.resources) when 'object' then n.resources else '{}' end) r
             where r.value::text !~ '^[1-9][0-9]{0,8}$')) then
        raise exception 'job %: resources % are no JSON object of whole numbers above 0', n.id, n.resources
            using errcode = 'check_violation', hint = 'Such as {"gpu:0": 1}; null for none.';
    end if;
end
$$;

-- What of a job no statement by hand may change, whatever becomes of it.
create function penstock_check_change(o job, n job) returns void language plpgsql as $$
begin
    if n.id is distinct from o.id or n.seq is distinct from o.seq then
        raise exception 'job %: its id and seq cannot be changed to % and %', o.id, n.id, n.seq
            using errcode = 'check_violation', hint = 'Its history, its children and its hints name them. Insert a new job instead.';
    elsif n.fence is distinct from o.fence or n.ties is distinct from o.ties then
        raise exception 'job %: fence % and ties % are the engine''s own', o.id, n.fence, n.ties
            using errcode = 'check_violation', hint = 'Leave them out. To take a job from its worker, set its status: queued, cancelled or failed.';
    elsif n.attempt is distinct from o.attempt then
        raise exception 'job %: attempt counts its executions and cannot go from % to %', o.id, o.attempt, n.attempt
            using errcode = 'check_violation', hint = 'Set failures = 0 for a fresh set of attempts, or raise max_attempts.';
    elsif n.parent_job_id is distinct from o.parent_job_id then
        raise exception 'job %: it keeps the parent it was enqueued with', o.id
            using errcode = 'check_violation', hint = 'Insert a new job with this parent_job_id, and cancel this one.';
    end if;
end
$$;

-- What cannot be changed while the status stays as it is.
create function penstock_check_edit(o job, n job) returns void language plpgsql as $$
begin
    if n.waiting_for is distinct from o.waiting_for then
        raise exception 'job %: waiting_for cannot be changed from % to %', o.id, coalesce(o.waiting_for, 'null'), coalesce(n.waiting_for, 'null')
            using errcode = 'check_violation', hint = case o.waiting_for
                when 'dependencies' then 'To let it go, end what it waits for (table job_dependency), or release it: penstock jobs unblock.'
                when 'signal' then 'To let it go, send the signal that the table signal_wait names.'
                when 'sleep' then 'To wake it, set run_at = null.'
                else 'Operations decide it. To stop the job, set status = ''cancelled''.' end;
    elsif n.worker_id is distinct from o.worker_id then
        raise exception 'job %: the claim says who holds it, not worker_id', o.id
            using errcode = 'check_violation', hint = 'To take it from its worker, set status = ''queued''.';
    elsif o.status in ('queued', 'running') and n.finished_at is not null then
        raise exception 'job %: it is % and cannot have been finished at %', o.id, o.status, n.finished_at
            using errcode = 'check_violation', hint = 'Set status to succeeded, failed or cancelled in the same statement.';
    elsif o.status not in ('queued', 'running') and n.finished_at is null then
        raise exception 'job %: it is %, and so has a finished_at', o.id, o.status
            using errcode = 'check_violation', hint = 'To run it again, set status = ''queued''.';
    elsif (o.status = 'queued' and n.started_at is not null) or (o.status = 'running' and n.started_at is null) then
        raise exception 'job %: it is %, and its started_at cannot be %', o.id, o.status, coalesce(n.started_at::text, 'null')
            using errcode = 'check_violation', hint = 'A job starts when a worker claims it. To take it from its worker, set status = ''queued''.';
    elsif o.status = 'running' and (n.queue_name <> o.queue_name or n.operation <> o.operation or n.run_at is distinct from o.run_at
                                    or n.resources::text is distinct from o.resources::text) then
        raise exception 'job %: its queue, operation, run_at and resources cannot be changed while it runs', o.id
            using errcode = 'check_violation', hint = 'Set status = ''queued'' in the same statement: it is taken from its worker and starts again.';
    elsif o.waiting_for = 'signal' and n.run_at is distinct from o.run_at then
        raise exception 'job %: run_at is the deadline of its wait for a signal', o.id
            using errcode = 'check_violation', hint = 'Send the signal that the table signal_wait names, or cancel the job.';
    elsif o.waiting_for in ('batch', 'children')
        and (n.progress_current is distinct from o.progress_current or n.progress_total is distinct from o.progress_total) then
        raise exception 'job %: its progress is counted from its items or children', o.id
            using errcode = 'check_violation', hint = 'Leave progress_current and progress_total out.';
    end if;
end
$$;

-- ---- Changes -----------------------------------------------------------------------------------------------------------------

-- History of what was changed besides the status. whole: also what follows from a change of status.
create function penstock_tell_edit(o job, n job, whole boolean) returns void language plpgsql as $$
declare
    moved boolean := n.priority <> o.priority and whole and n.status in ('queued', 'running');
    columns text[] := array_remove(array[
        case when n.operation <> o.operation then 'operation' end,
        case when n.queue_name <> o.queue_name then 'queue_name' end,
        case when n.payload::text <> o.payload::text then 'payload' end,
        case when n.meta::text is distinct from o.meta::text then 'meta' end,
        case when n.priority <> o.priority and not moved then 'priority' end,
        case when n.max_attempts <> o.max_attempts then 'max_attempts' end,
        case when n.timeout_seconds is distinct from o.timeout_seconds then 'timeout_seconds' end,
        case when n.resources::text is distinct from o.resources::text then 'resources' end,
        case when n.unique_key is distinct from o.unique_key then 'unique_key' end,
        case when n.idempotency_key is distinct from o.idempotency_key then 'idempotency_key' end,
        case when n.created_at <> o.created_at then 'created_at' end,
        case when n.progress_current is distinct from o.progress_current then 'progress_current' end,
        case when n.progress_total is distinct from o.progress_total then 'progress_total' end,
        case when whole and n.failures <> o.failures then 'failures' end,
        case when whole and n.retries <> o.retries then 'retries' end,
        case when whole and n.deaths <> o.deaths then 'deaths' end,
        case when whole and n.run_at is distinct from o.run_at then 'run_at' end,
        case when whole and n.started_at is distinct from o.started_at then 'started_at' end,
        case when whole and n.finished_at is distinct from o.finished_at then 'finished_at' end,
        case when whole and n.result::text is distinct from o.result::text then 'result' end,
        case when whole and n.error_code is distinct from o.error_code then 'error_code' end,
        case when whole and n.error_message is distinct from o.error_message then 'error_message' end], null);
begin
    if moved then
        perform penstock_event(
            n.id, 'job.reprioritised',
            json_build_object('priority', n.priority, 'before', o.priority, 'by', session_user, 'via', 'sql'));
    end if;
    if cardinality(columns) > 0 then
        perform penstock_event(n.id, 'job.edited', json_build_object('columns', columns, 'by', session_user, 'via', 'sql'));
    end if;
end
$$;

create function penstock_take_key(key text, id uuid) returns void language plpgsql as $$
declare
    holder uuid;
begin
    insert into job_unique (key, job_id) values (penstock_take_key.key, penstock_take_key.id) on conflict do nothing;
    select u.job_id into holder from job_unique u where u.key = penstock_take_key.key;
    if holder is distinct from penstock_take_key.id then
        raise exception 'job %: its unique key ''%'' is held by job %', penstock_take_key.id, penstock_take_key.key, holder
            using errcode = 'unique_violation', hint = 'Wait for the end of that job, or cancel it first; or set unique_key = null.';
    end if;
end
$$;

-- The key of a job that is queued or running is a row of its own, and its ties say so.
create function penstock_change_key(o job, n job) returns void language plpgsql as $$
begin
    if n.unique_key is not distinct from o.unique_key then
        return;
    end if;
    update job set ties = case when n.unique_key is null then ties & ~2 else ties | 2 end where seq = n.seq;
    if o.status in ('queued', 'running') then
        delete from job_unique u where u.job_id = n.id;
        if n.status in ('queued', 'running') and n.unique_key is not null then
            perform penstock_take_key(n.unique_key, n.id);
        end if;
    end if;
end
$$;

-- The status stays.
create function penstock_edit(o job, n job) returns void language plpgsql as $$
begin
    perform penstock_check_edit(o, n);
    -- Triggers run after all rows of a statement: the end of another one may have taken this one with it.
    select status into n.status from job where seq = n.seq;
    perform penstock_change_key(o, n);
    if (n.queue_name, n.priority, n.run_at, n.resources::text) is distinct from (o.queue_name, o.priority, o.run_at, o.resources::text) then
        perform penstock_unhint(o.seq, o.queue_name, o.priority);
        perform penstock_hint(n.seq);
    end if;
    -- A redrive sends what the dead letter says to where it says.
    if o.status = 'failed' and (n.queue_name, n.operation, n.payload::text) is distinct from (o.queue_name, o.operation, o.payload::text) then
        update dead_letter l
           set queue_name = n.queue_name, operation = n.operation, payload = case l.edited when 0 then n.payload else l.payload end
         where l.job_id = n.id and l.kind = 'job' and l.status <> 'redriven';
    end if;
    perform penstock_tell_edit(o, n, whole => true);
end
$$;

-- From queued or running to an end.
create function penstock_end(o job, n job) returns void language plpgsql as $$
declare
    code text := coalesce(case when n.error_code is distinct from o.error_code then n.error_code end, 'FailedByHand');
    message text := coalesce(
        case when n.error_message is distinct from o.error_message then n.error_message end,
        format('%s set it to failed in SQL.', session_user));
    members uuid[] := array[n.id];
begin
    if n.status = 'succeeded' and o.waiting_for = 'batch'
        and exists (select 1 from batch b where b.parent_job_id = n.id and b.continuation is not null) then
        raise exception 'job %: its batch is not done, and another job is to follow it with all results', n.id
            using errcode = 'check_violation', hint = 'Wait for its items or redrive their dead letters; or cancel it, and enqueue what follows yourself.';
    end if;
    perform penstock_unhint(o.seq, o.queue_name, o.priority);
    perform penstock_end_work(n.id, n.seq);
    update job
       set finished_at = coalesce(n.finished_at, clock_timestamp()), waiting_for = null, worker_id = o.worker_id,
           result = case n.status when 'succeeded' then coalesce(n.result, 'null') else n.result end,
           error_code = case n.status when 'failed' then code when 'succeeded' then null else n.error_code end,
           error_message = case n.status when 'failed' then message when 'succeeded' then null else n.error_message end
     where seq = n.seq;
    case n.status
        when 'failed' then
            perform penstock_failure(n.id, json_build_object('error_code', code, 'by', session_user, 'via', 'sql'));
        when 'succeeded' then
            perform penstock_event(
                n.id, 'job.succeeded', json_build_object('result', coalesce(n.result, 'null'), 'by', session_user, 'via', 'sql'));
        else
            perform penstock_event(n.id, 'job.cancelled', json_build_object('by', session_user, 'via', 'sql'));
            members := members || array(
                select penstock_cancel(n.id, json_build_object('reason', format('job %s was cancelled', n.id), 'by', session_user, 'via', 'sql')));
    end case;
    perform penstock_count(n.queue_name, n.status);
    perform penstock_settle(members, array_fill(n.status, array[cardinality(members)]), n.parent_job_id);
end
$$;

-- From running back to the queue: its worker has lost it, and it starts again under another fence.
create function penstock_release(o job, n job) returns void language plpgsql as $$
begin
    perform penstock_end_work(n.id, n.seq);
    update job set started_at = null, finished_at = null, worker_id = null, waiting_for = null where seq = n.seq;
    perform penstock_event(n.id, 'job.released', json_build_object('worker', o.worker_id, 'by', session_user, 'via', 'sql'));
    perform penstock_hint(n.seq);
end
$$;

-- From an end back to the queue: a failed job as a redrive does it, another one as a requeue, where its queue allows that.
create function penstock_again(o job, n job) returns void language plpgsql as $$
declare
    redrive boolean := o.status = 'failed';
    edited json;
begin
    if not redrive and (select finished from queue where name = n.queue_name) <> 'requeueable' then
        raise exception 'job %: it is %, and queue ''%'' does not run such jobs again', n.id, o.status, n.queue_name
            using errcode = 'check_violation', hint = 'Insert a new job with its payload; or let the program declare the queue with finished: requeueable.';
    end if;
    if n.unique_key is not null then
        perform penstock_take_key(n.unique_key, n.id);
    end if;
    delete from job_step s where s.job_id = n.id and (not redrive or s.outcome <> 'completed');
    if not redrive then
        delete from job_dependency d where d.job_id = n.id and d.step <> '';
    end if;
    -- A review may have put the payload right.
    select l.payload into edited from dead_letter l
     where l.job_id = n.id and l.kind = 'job' and l.edited = 1 and l.status in ('pending', 'in_review') order by l.id desc limit 1;
    with settled as (
        update dead_letter l set status = 'redriven', settled_at = clock_timestamp(), settled_by = session_user
         where l.job_id = n.id and l.status in ('pending', 'in_review')
        returning l.id)
    insert into dead_letter_action (dead_letter_id, at, actor, action, note)
    select s.id, clock_timestamp(), session_user, 'redriven', 'set to queued in SQL' from settled s;
    perform penstock_unhint(o.seq, o.queue_name, o.priority); -- One that its end left would cut short a later wait.
    update job
       set finished_at = null, started_at = null, worker_id = null, waiting_for = null,
           run_at = case when n.run_at is distinct from o.run_at then n.run_at end,
           failures = case when n.failures <> o.failures then n.failures else 0 end, deaths = 0,
           payload = case when redrive and edited is not null and n.payload::text = o.payload::text then edited else n.payload end,
           retries = case when redrive then n.retries else 0 end,
           result = case when redrive then n.result end,
           error_code = case when redrive then n.error_code end, error_message = case when redrive then n.error_message end,
           progress_current = case when redrive then n.progress_current end, progress_total = case when redrive then n.progress_total end
     where seq = n.seq;
    perform penstock_event(
        n.id, case when redrive then 'job.redriven' else 'job.requeued' end,
        json_build_object('by', session_user, 'via', 'sql', 'from', o.status));
    perform penstock_hint(n.seq);
end
$$;

create function penstock_move(o job, n job) returns void language plpgsql as $$
begin
    -- As in penstock_edit; but what of both it should be now cannot be known.
    if (select status from job where seq = n.seq) <> n.status then
        raise exception 'job %: this statement sets it to %, and ends another job whose end cancels it', n.id, n.status
            using errcode = 'check_violation', hint = 'Use a statement for each.';
    elsif n.status = 'running' then
        raise exception 'job %: only the claim of a worker makes a job running', n.id
            using errcode = 'check_violation', hint = 'Set status = ''queued'': a worker takes it when it has a place.';
    elsif o.status not in ('queued', 'running') and n.status <> 'queued' then
        raise exception 'job %: it is % and cannot become %', n.id, o.status, n.status
            using errcode = 'check_violation',
                  hint = 'Add "and status in (''queued'', ''running'')" to the condition. To run it again, set status = ''queued''; to close a failure, archive its dead letter.';
    end if;
    perform penstock_change_key(o, n);
    perform penstock_tell_edit(o, n, whole => false);
    if n.status <> 'queued' then
        perform penstock_end(o, n);
    elsif o.status = 'running' then
        perform penstock_release(o, n);
    else
        perform penstock_again(o, n);
    end if;
end
$$;

-- ---- Triggers ----------------------------------------------------------------------------------------------------------------

-- The turn of PostgresWriter, and no longer than a process of the engine may have it without doing anything.
create function penstock_turn() returns trigger language plpgsql security definer as $$
begin
    if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
        raise exception 'jobs cannot be changed by hand in a transaction that is %', current_setting('transaction_isolation')
            using errcode = 'feature_not_supported', hint = 'What the engine committed since it began would not be seen. Use read committed.';
    end if;
    perform pg_advisory_xact_lock(hashtext('penstock'), hashtext(current_schema()));
    if current_setting('idle_in_transaction_session_timeout') = '0' then
        perform set_config('idle_in_transaction_session_timeout', '10s', true);
    end if;
    return null;
end
$$;

create function penstock_refuse() returns trigger language plpgsql security definer as $$
begin
    if tg_op = 'TRUNCATE' then
        raise exception 'jobs cannot be truncated' using errcode = 'check_violation', hint = 'Use delete: what hangs on the jobs goes with them.';
    end if;
    raise exception 'the history of jobs cannot be changed' using errcode = 'check_violation', hint = 'Insert another event; old ones can be deleted.';
end
$$;

create function penstock_job_inserting() returns trigger language plpgsql security definer as $$
begin
    new.id := coalesce(new.id, penstock_new_id());
    new.status := coalesce(new.status, 'queued');
    new.payload := coalesce(new.payload, '{}');
    new.created_at := coalesce(new.created_at, clock_timestamp());
    new.max_attempts := coalesce(new.max_attempts, 3); -- RetryPolicy.Default
    new.queue_name := coalesce(new.queue_name, (
        select r.queue_name from (select j.seq, j.operation, j.queue_name from job j order by j.seq desc limit 10000) r
         where r.operation = new.operation order by r.seq desc limit 1));
    perform penstock_check(null, new);
    if new.status = 'running' or new.fence <> 0 or new.ties <> 0 or new.worker_id is not null or new.waiting_for is not null then
        raise exception 'job %: a new job is neither running nor held (status %, fence %, ties %, worker_id %, waiting_for %)',
            new.id, new.status, new.fence, new.ties, coalesce(new.worker_id, 'null'), coalesce(new.waiting_for, 'null')
            using errcode = 'check_violation', hint = 'Leave these columns out: a worker takes the job when it has a place.';
    elsif new.status = 'queued' and (new.attempt <> 0 or new.started_at is not null or new.finished_at is not null) then
        raise exception 'job %: a queued job has not been started (attempt %, started_at %, finished_at %)',
            new.id, new.attempt, coalesce(new.started_at::text, 'null'), coalesce(new.finished_at::text, 'null')
            using errcode = 'check_violation', hint = 'Leave these columns out, or insert it with the status it ended with.';
    elsif new.parent_job_id is not null and not exists (select 1 from job p where p.id = new.parent_job_id) then
        raise exception 'job %: there is no job % to be its parent', new.id, new.parent_job_id
            using errcode = 'check_violation', hint = 'Leave parent_job_id out, or name a job that exists.';
    end if;
    if new.unique_key is not null then
        new.ties := 2;
    end if;
    return new;
end
$$;

-- The three below write as the engine does, and so past the triggers.
create function penstock_job_inserted() returns trigger language plpgsql security definer as $$
declare
    was text := coalesce(current_setting('penstock.engine', true), '');
    o job := new;
begin
    perform set_config('penstock.engine', 'on', true);
    perform penstock_weigh(1);
    perform penstock_event(
        new.id, 'job.created',
        json_build_object('operation', new.operation, 'queue', new.queue_name, 'source', 'sql', 'by', session_user));
    if new.status = 'queued' then
        if new.unique_key is not null then
            perform penstock_take_key(new.unique_key, new.id);
        end if;
        perform penstock_hint(new.seq);
    else
        -- Work that was done elsewhere: it has ended as any other.
        o.status := 'queued';
        o.error_code := null;
        o.error_message := null;
        perform penstock_end(o, new);
    end if;
    perform penstock_wake('events');
    perform set_config('penstock.engine', was, true);
    return null;
end
$$;

create function penstock_job_updated() returns trigger language plpgsql security definer as $$
declare
    was text := coalesce(current_setting('penstock.engine', true), '');
begin
    perform set_config('penstock.engine', 'on', true);
    perform penstock_weigh(1);
    perform penstock_check(old, new);
    perform penstock_check_change(old, new);
    if new.status = old.status then
        perform penstock_edit(old, new);
    else
        perform penstock_move(old, new);
    end if;
    perform penstock_wake('events');
    perform set_config('penstock.engine', was, true);
    return null;
end
$$;

-- For all rows at once: of old jobs, thousands are deleted together.
create function penstock_jobs_deleted() returns trigger language plpgsql security definer as $$
declare
    was text := coalesce(current_setting('penstock.engine', true), '');
    d record;
begin
    perform set_config('penstock.engine', 'on', true);
    perform penstock_weigh((select (count(*) + 9) / 10 from gone));
    for d in select g.id from gone g where g.status = 'running' limit 1 loop
        raise exception 'job %: it is running and cannot be deleted', d.id
            using errcode = 'check_violation', hint = 'Cancel it first, or add "and status <> ''running''" to the condition.';
    end loop;
    delete from ready r using gone g join queue q on q.name = g.queue_name
     where r.queue_id = q.id and r.prio = -g.priority and r.kind = 0 and r.seq = g.seq;
    delete from deferred where kind = 0 and seq in (select seq from gone);
    delete from parked where kind = 0 and seq in (select seq from gone);
    delete from job_event where job_id in (select id from gone);
    delete from dead_letter_action where dead_letter_id in (select l.id from dead_letter l where l.job_id in (select id from gone));
    delete from dead_letter where job_id in (select id from gone);
    delete from batch_ledger where parent_job_id in (select id from gone);
    delete from batch_stage where parent_job_id in (select id from gone);
    delete from batch where parent_job_id in (select id from gone);
    delete from job_step where job_id in (select id from gone);
    delete from job_dependency where job_id in (select id from gone);
    -- Others may wait for it: for those it is as if it had been cancelled.
    for d in
        select g.id, g.parent_job_id from gone g
         where g.ties <> 0 or exists (select 1 from job p where p.id = g.parent_job_id and p.waiting_for = 'children')
    loop
        perform penstock_settle(array[d.id], array['deleted'], d.parent_job_id);
    end loop;
    perform set_config('penstock.engine', was, true);
    return null;
end
$$;

create function penstock_event_inserting() returns trigger language plpgsql security definer as $$
begin
    new.ts := coalesce(new.ts, clock_timestamp());
    new.level := coalesce(new.level, 'info');
    new.fields := coalesce(new.fields, '{}');
    if not exists (select 1 from job j where j.id = new.job_id) then
        raise exception 'there is no job % to have the event ''%''', coalesce(new.job_id::text, 'null'), new.event
            using errcode = 'check_violation', hint = 'Look for it in the table job; with a deleted job its history is gone, too.';
    elsif new.level not in ('info', 'warning', 'error') then
        raise exception 'job %: there is no level ''%'' of events', new.job_id, new.level using errcode = 'check_violation', hint = 'Use info, warning or error.';
    elsif json_typeof(new.fields) <> 'object' then
        raise exception 'job %: the fields of an event are a JSON object', new.job_id using errcode = 'check_violation', hint = 'Use {} for none.';
    elsif new.id > (select last_value from job_event_id_seq) then
        raise exception 'job %: the id % of an event is beyond the last one', new.job_id, new.id
            using errcode = 'check_violation', hint = 'Leave id out: who reads the history goes on from the last id they saw.';
    end if;
    perform penstock_wake('events');
    return new;
end
$$;

create trigger penstock_turn_to_insert before insert on job for each statement
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_turn();
create trigger penstock_turn_to_update before update on job for each statement
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_turn();
create trigger penstock_turn_to_delete before delete on job for each statement
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_turn();
create trigger penstock_truncating before truncate on job for each statement
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_refuse();
create trigger penstock_inserting before insert on job for each row
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_job_inserting();
create trigger penstock_inserted after insert on job for each row
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_job_inserted();
create trigger penstock_updated after update on job for each row
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_job_updated();
create trigger penstock_deleted after delete on job referencing old table as gone for each statement
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_jobs_deleted();
create trigger penstock_turn_to_insert before insert on job_event for each statement
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_turn();
create trigger penstock_inserting before insert on job_event for each row
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_event_inserting();
create trigger penstock_updating before update on job_event for each statement
    when (current_setting('penstock.engine', true) is distinct from 'on') execute function penstock_refuse();

-- They act for the owner of the tables, whoever runs the statement and whatever the search path of that session: in their own
-- schema, and as triggers only.
do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name, p.prosecdef from pg_proc p
              where p.pronamespace = current_schema()::regnamespace and p.proname like 'penstock\_%'
    loop
        execute format('revoke execute on function %s from public', f.name);
        if f.prosecdef then
            execute format('alter function %s set search_path = %I, pg_temp', f.name, current_schema());
        end if;
    end loop;
end
$$;
