-- Flow between jobs: dependencies, unique keys, durable steps, signals. A job that uses none of it has ties = 0 and pays nothing.

create index job_waiting on job (waiting_for, queue_name) where waiting_for is not null;

-- What has to be looked after when the job ends, as bits; see JobTies. 0: nothing.
alter table job add column ties integer not null default 0;
alter table job add column unique_key text collate "C";

create table job_dependency (
    job_id        uuid not null,
    step          text collate "C" not null,
    position      integer not null,
    depends_on_id uuid not null,
    on_failure    text not null check (on_failure in ('cancel', 'run', 'hold')),
    resolved_at   timestamptz,
    resolution    text check (resolution in ('succeeded', 'failed', 'cancelled', 'released', 'abandoned')),
    primary key (job_id, step, position)
);
create index job_dependency_open on job_dependency (depends_on_id, job_id) where resolved_at is null;
create index job_dependency_on on job_dependency (depends_on_id);

-- Ended jobs and sent signals for which more wait than one transaction should touch; the next ones go on.
create table unsettled (
    subject text collate "C" primary key,
    ending  text not null
);

-- Held by the queued or running job with that key.
create table job_unique (
    key    text collate "C" primary key,
    job_id uuid not null unique
);

-- What completed steps left. A row is written once, under the fence of its execution.
create table job_step (
    job_id           uuid not null,
    name             text collate "C" not null,
    kind             text not null check (kind in ('step', 'sleep', 'signal', 'children')),
    outcome          text not null check (outcome in ('completed', 'timed_out', 'failed')),
    output           json not null,
    fence            bigint not null,
    attempt          integer not null,
    finished_at      timestamptz not null,
    duration_seconds double precision not null,
    primary key (job_id, name)
);

-- The first to send a signal decides what it says.
create table signal (
    name    text collate "C" primary key,
    payload json not null,
    sent_at timestamptz not null,
    sent_by text
);
create index signal_sent_at on signal (sent_at);

create table signal_wait (
    job_id   uuid not null,
    step     text collate "C" not null,
    name     text collate "C" not null,
    since    timestamptz not null,
    deadline timestamptz,
    primary key (job_id, step)
);
create index signal_wait_name on signal_wait (name);
