-- Flow between jobs: dependencies, unique keys, durable steps, signals. A job that uses none of it has ties = 0 and pays nothing.

-- A queued job can wait too: for its dependencies, for a signal, or for the end of a sleep.
drop index job_waiting;
alter table job add column waits_for text check (waits_for in ('batch', 'children', 'dependencies', 'signal', 'sleep'));
update job set waits_for = waiting_for where waiting_for is not null;
alter table job drop column waiting_for;
alter table job rename column waits_for to waiting_for;
-- Jobs that no hint leads to: coordinators that run without a worker, and jobs that are blocked.
create index job_waiting on job (waiting_for, queue_name) where waiting_for is not null;

-- What has to be looked after when the job ends, as bits; see JobTies. 0: nothing.
alter table job add column ties integer not null default 0;
alter table job add column unique_key text;

-- One row for each job another one waits for. step names the awaited children of a running job; '' is a dependency given at enqueue.
create table job_dependency (
    job_id        text not null,
    step          text not null,
    position      integer not null,
    depends_on_id text not null,
    on_failure    text not null check (on_failure in ('cancel', 'run', 'hold')),
    resolved_at   text,
    resolution    text check (resolution in ('succeeded', 'failed', 'cancelled', 'released', 'abandoned')),
    primary key (job_id, step, position)
) strict, without rowid;
create index job_dependency_open on job_dependency (depends_on_id, job_id) where resolved_at is null;
create index job_dependency_on on job_dependency (depends_on_id);

-- Ended jobs and sent signals for which more wait than one transaction should touch; the next ones go on.
create table unsettled (
    subject text primary key,
    ending  text not null
) strict, without rowid;

-- Held by the queued or running job with that key.
create table job_unique (
    key    text primary key,
    job_id text not null unique
) strict, without rowid;

-- What completed steps left. A row is written once, under the fence of its execution.
create table job_step (
    job_id           text not null,
    name             text not null,
    kind             text not null check (kind in ('step', 'sleep', 'signal', 'children')),
    outcome          text not null check (outcome in ('completed', 'timed_out', 'failed')),
    output           text not null,
    fence            integer not null,
    attempt          integer not null,
    finished_at      text not null,
    duration_seconds real not null,
    primary key (job_id, name)
) strict, without rowid;

-- The first to send a signal decides what it says.
create table signal (
    name    text primary key,
    payload text not null,
    sent_at text not null,
    sent_by text
) strict, without rowid;
create index signal_sent_at on signal (sent_at);

create table signal_wait (
    job_id   text not null,
    step     text not null,
    name     text not null,
    since    text not null,
    deadline text,
    primary key (job_id, step)
) strict, without rowid;
create index signal_wait_name on signal_wait (name);
