-- Names of other systems, for their operators' statements: the views of Absurd, and pg_stat_statements with the columns that it had
-- before PostgreSQL 13. Each is made by a function that says why if it cannot be, so that it can be called again later; that a
-- name is taken or a right is missing is no reason for a migration to fail.

create function penstock_task_status(status text) returns text language plpgsql immutable as $$
begin
    if status not in ('pending', 'claimed', 'completed', 'failed', 'cancelled') then
        raise exception 'there is no status ''%'' of tasks', status
            using errcode = 'check_violation', hint = 'Use pending, completed, failed or cancelled; claimed is what workers do.';
    end if;
    return case status when 'pending' then 'queued' when 'claimed' then 'running' when 'completed' then 'succeeded' else status end;
end
$$;

create function penstock_task_inserted() returns trigger language plpgsql security definer as $$
begin
    if new.worker_id is not null or new.last_heartbeat is not null or new.retry_count <> 0 or new.status = 'claimed' then
        raise exception 'a new task is not claimed (status %, worker_id %)', coalesce(new.status, 'null'), coalesce(new.worker_id, 'null')
            using errcode = 'check_violation', hint = 'Leave status, worker_id, last_heartbeat and retry_count out: a worker takes it when it has a place.';
    end if;
    insert into job (id, operation, queue_name, status, payload, priority, created_at, started_at, finished_at, error_message)
    values (coalesce(new.task_id, penstock_new_id()), new.task_name, new.queue_name, penstock_task_status(coalesce(new.status, 'pending')),
            coalesce(new.params, '{}'), coalesce(new.priority, 0), new.created_at, new.claimed_at, new.completed_at, new.error)
    returning id, payload, priority, created_at, finished_at, queue_name
      into new.task_id, new.params, new.priority, new.created_at, new.completed_at, new.queue_name;
    new.status := coalesce(new.status, 'pending');
    new.retry_count := 0;
    return new;
end
$$;

-- The task is as the statement saw it, or it is left alone: the rows of a view are not locked while the statement waits for its turn.
create function penstock_task_updated() returns trigger language plpgsql security definer as $$
begin
    if new.task_id is distinct from old.task_id then
        raise exception 'task %: its task_id cannot be changed', old.task_id using errcode = 'check_violation', hint = 'Insert a new task instead.';
    elsif new.worker_id is distinct from old.worker_id and (new.worker_id is not null or new.status = 'claimed') then
        raise exception 'task %: the claim says who holds it, not worker_id', old.task_id
            using errcode = 'check_violation', hint = 'To take it from its worker, set status = ''pending''.';
    elsif new.last_heartbeat is distinct from old.last_heartbeat and new.last_heartbeat is not null then
        raise exception 'task %: last_heartbeat is its worker''s', old.task_id using errcode = 'check_violation', hint = 'Leave it out.';
    elsif new.retry_count is distinct from old.retry_count and new.retry_count <> 0 then
        raise exception 'task %: retry_count counts its executions', old.task_id
            using errcode = 'check_violation', hint = 'Set it to 0 for a fresh set of attempts.';
    end if;
    update job
       set operation = new.task_name, queue_name = new.queue_name, status = penstock_task_status(new.status), payload = new.params,
           priority = new.priority, created_at = new.created_at,
           started_at = case when new.claimed_at is distinct from old.claimed_at and new.claimed_at is not null then new.claimed_at else started_at end,
           finished_at = case when new.completed_at is distinct from old.completed_at and new.completed_at is not null then new.completed_at else finished_at end,
           failures = case when new.retry_count is distinct from old.retry_count then 0 else failures end,
           error_code = case when new.error is null then null else error_code end, error_message = new.error
     where id = old.task_id and status = penstock_task_status(old.status) and started_at is not distinct from old.claimed_at;
    return case when found then new end;
end
$$;

create function penstock_task_deleted() returns trigger language plpgsql security definer as $$
begin
    delete from job where id = old.task_id and status = penstock_task_status(old.status) and started_at is not distinct from old.claimed_at;
    return case when found then old end;
end
$$;

-- One Penstock of a database owns these names: the first. The mark says which.
create function penstock_absurd() returns text language plpgsql as $$
declare
    mark constant text := format('Tasks are the jobs of Penstock in schema %s.', current_schema());
    view_name text;
begin
    -- Two migrations at once: the other one makes them. Waiting would make one migration wait for the whole of another.
    if not pg_try_advisory_xact_lock(hashtext('penstock'), hashtext('the schema absurd')) then
        return 'not made: another transaction is making them';
    elsif to_regnamespace('absurd') is null then
        if not has_database_privilege(current_database(), 'create') then
            return format('not made: role %s may not create the schema absurd in database %s', current_user, current_database());
        end if;
        create schema absurd;
    elsif exists (select 1 from pg_namespace n where n.nspname = 'absurd' and not pg_has_role(n.nspowner, 'usage')) then
        return 'not made: the schema absurd belongs to another role';
    elsif exists (select 1 from pg_class c where c.relnamespace = 'absurd'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
                                             and obj_description(c.oid, 'pg_class') is distinct from mark)
        or exists (select 1 from pg_proc p where p.pronamespace = 'absurd'::regnamespace) then
        return 'not made: the schema absurd is used already';
    end if;
    foreach view_name in array array['t_tasks', 'tasks'] loop
        execute format('drop view if exists absurd.%I', view_name);
        execute format($view$
            create view absurd.%I as
            select j.id as task_id, j.operation as task_name, j.payload as params,
                   case j.status when 'queued' then 'pending' when 'running' then 'claimed' when 'succeeded' then 'completed' else j.status end as status,
                   j.priority, j.error_message as error, greatest(j.attempt - 1, 0) as retry_count, j.created_at, j.started_at as claimed_at,
                   j.worker_id, w.heartbeat_at as last_heartbeat, j.finished_at as completed_at, j.queue_name
              from job j left join worker w on w.id = j.worker_id and j.status = 'running'
            $view$, view_name);
        execute format('comment on view absurd.%I is %L', view_name, mark);
        execute format('create trigger penstock_turn before insert or update or delete on absurd.%I for each statement execute function penstock_turn()', view_name);
        execute format('create trigger penstock_inserted instead of insert on absurd.%I for each row execute function penstock_task_inserted()', view_name);
        execute format('create trigger penstock_updated instead of update on absurd.%I for each row execute function penstock_task_updated()', view_name);
        execute format('create trigger penstock_deleted instead of delete on absurd.%I for each row execute function penstock_task_deleted()', view_name);
    end loop;
    return 'made';
end
$$;

-- Over a function, not over the extension's view: a view on that would keep the extension from being updated or dropped.
create function penstock_stat_statements() returns text language plpgsql as $$
declare
    extension_schema text;
    shown text;
    declared text;
begin
    select n.nspname into extension_schema
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements';
    if extension_schema is null then
        return 'not made: the extension pg_stat_statements is not in this database';
    elsif extension_schema = current_schema() then
        return format('not made: the extension has the name in schema %s; move it: alter extension pg_stat_statements set schema ...', extension_schema);
    elsif exists (select 1 from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relname = 'pg_stat_statements'
                                             and to_regprocedure('penstock_statements()') is null) then
        return format('not made: schema %s has something else of this name', current_schema());
    end if;
    with has as (
        select a.attname, a.attnum::integer as place, format_type(a.atttypid, a.atttypmod) as kind from pg_attribute a
         where a.attrelid = format('%I.pg_stat_statements', extension_schema)::regclass and a.attnum > 0 and not a.attisdropped),
    shows as (
        select h.attname as shown_as, h.attname, h.place, h.kind from has h
        union all
        select old.name, h.attname, 1000 + h.place, h.kind
          from (values ('total_time', 'total_exec_time'), ('mean_time', 'mean_exec_time'), ('min_time', 'min_exec_time'),
                       ('max_time', 'max_exec_time'), ('stddev_time', 'stddev_exec_time')) as old (name, now)
          join has h on h.attname = old.now
         where not exists (select 1 from has o where o.attname = old.name))
    select string_agg(format('s.%I', attname), ', ' order by place), string_agg(format('%I %s', shown_as, kind), ', ' order by place)
      into shown, declared from shows;
    drop view if exists pg_stat_statements;
    drop function if exists penstock_statements();
    execute format(
        'create function penstock_statements() returns table (%s) language plpgsql as %L', declared,
        format('begin return query execute %L; end', format('select %s from %I.pg_stat_statements s', shown, extension_schema)));
    execute 'create view pg_stat_statements as select * from penstock_statements()';
    return 'made';
end
$$;

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_proc p
              where p.pronamespace = current_schema()::regnamespace
                and (p.proname like 'penstock\_task\_%' or p.proname in ('penstock_absurd', 'penstock_stat_statements'))
    loop
        execute format('revoke execute on function %s from public', f.name);
        execute format('alter function %s set search_path = %I, pg_temp', f.name, current_schema());
    end loop;
end
$$;

do $$
declare
    f text;
begin
    foreach f in array array['penstock_absurd', 'penstock_stat_statements'] loop
        begin
            execute format('select %I()', f);
        exception when others then
            raise notice '%: %', f, sqlerrm;
        end;
    end loop;
end
$$;
