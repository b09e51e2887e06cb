-- Schedules: jobs by the clock. A slot is a moment at which a schedule is due; its job carries the idempotency key
-- schedule:{name}:{slot}, so a schedule's jobs are one range of the key's index.

create table schedule (
    name           text primary key,
    operation      text not null,
    payload        text not null,
    queue_name     text,
    priority       integer not null default 0,
    cron           text not null,
    time_zone      text not null,
    misfire        text not null check (misfire in ('fire_once', 'skip', 'catch_up')),
    catch_up_max   integer not null,
    jitter_seconds real not null default 0,
    origin         text not null check (origin in ('declared', 'api')),
    next_at        text, -- the next slot to settle; null: the calendar ends before it
    last_slot_at   text, -- the newest slot settled; none up to here fires again
    last_job_id    text,
    paused_at      text,
    paused_by      text,
    error_message  text,
    created_at     text not null,
    updated_at     text not null
) strict, without rowid;

-- Who does a chore that one process does for all; taken over once it has run out.
create table leadership (
    name     text primary key,
    holder   text not null,
    since_at text not null,
    until_at text not null
) strict, without rowid;

-- What went wrong, over all jobs: found without reading the many events of jobs that went well.
create index job_event_trouble on job_event (id) where level <> 'info';
