-- Schedules: jobs by the clock. A slot is a moment at which a schedule is due; its job carries the idempotency key
-- schedule:{name}:{slot}, so a schedule's jobs are one range of the key's index.

create table schedule (
    name           text collate "C" primary key,
    operation      text not null,
    payload        json not null,
    queue_name     text,
    priority       integer not null default 0,
    cron           text not null,
    time_zone      text not null,
    misfire        text not null check (misfire in ('fire_once', 'skip', 'catch_up')),
    catch_up_max   integer not null,
    jitter_seconds double precision not null default 0,
    origin         text not null check (origin in ('declared', 'api')),
    next_at        timestamptz,
    last_slot_at   timestamptz,
    last_job_id    uuid,
    paused_at      timestamptz,
    paused_by      text,
    error_message  text,
    created_at     timestamptz not null,
    updated_at     timestamptz not null
);

-- Who does a chore that one process does for all; taken over once it has run out.
create table leadership (
    name     text collate "C" primary key,
    holder   text not null,
    since_at timestamptz not null,
    until_at timestamptz not null
);

-- What went wrong, over all jobs: found without reading the many events of jobs that went well.
create index job_event_trouble on job_event (id) where level <> 'info';
