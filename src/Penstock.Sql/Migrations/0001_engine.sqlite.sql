-- The engine's tables. job is the only truth; ready and deferred are hints beside it.
-- Times are UTC texts of fixed width (2026-11-22T00:31:00.123456Z), so that their order as text is their order in time.

create table queue (
    id           integer primary key,
    name         text not null unique,
    max_running  integer,
    on_lost      text not null default 'requeue' check (on_lost in ('requeue', 'fail')),
    paused_at    text,
    succeeded    integer not null default 0,
    failed       integer not null default 0,
    cancelled    integer not null default 0
) strict;

create table job (
    seq              integer primary key autoincrement,
    id               text not null unique,
    operation        text not null,
    queue_name       text not null,
    status           text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    payload          text not null,
    meta             text,
    result           text,
    created_at       text not null,
    started_at       text,
    finished_at      text,
    run_at           text,
    progress_current integer,
    progress_total   integer,
    parent_job_id    text,
    error_code       text,
    error_message    text,
    priority         integer not null default 0,
    attempt          integer not null default 0,
    failures         integer not null default 0,
    retries          integer not null default 0,
    deaths           integer not null default 0,
    max_attempts     integer not null,
    timeout_seconds  real,
    fence            integer not null default 0,
    worker_id        text,
    waiting_for      text check (waiting_for in ('batch', 'children')),
    idempotency_key  text
) strict;
create unique index job_idempotency_key on job (idempotency_key) where idempotency_key is not null;
create index job_parent on job (parent_job_id) where parent_job_id is not null;
-- Jobs that run without a worker (coordinators): few, and listed often.
create index job_waiting on job (waiting_for) where waiting_for is not null;
-- Failed and cancelled jobs are few; succeeded and queued ones are never found through an index on status.
create index job_ended_badly on job (status, seq) where status in ('failed', 'cancelled');

create table job_event (
    id      integer primary key autoincrement,
    job_id  text not null,
    ts      text not null,
    level   text not null,
    event   text not null,
    message text,
    fields  text not null default '{}'
) strict;
create index job_event_job on job_event (job_id, id);

-- A batch passes its items through stages 0, 1, ...; the last stage's marks are the parent's progress.
create table batch (
    parent_job_id text primary key,
    total         integer not null,
    stages        integer not null,
    failure_ratio real not null,
    continuation  text,
    result        text not null
) strict, without rowid;

create table batch_stage (
    parent_job_id text not null,
    stage         integer not null,
    operation     text not null,
    queue_name    text not null,
    done          integer not null default 0,
    failed        integer not null default 0,
    primary key (parent_job_id, stage)
) strict, without rowid;

-- One bit an item, 4096 items a row: exact under any redelivery.
create table batch_ledger (
    parent_job_id text not null,
    stage         integer not null,
    chunk         integer not null,
    done          blob not null,
    failed        blob not null,
    primary key (parent_job_id, stage, chunk)
) strict, without rowid;

-- Messages of batches on their way; gone once their mark is set.
create table item (
    seq           integer primary key autoincrement,
    parent_job_id text not null,
    stage         integer not null,
    item_index    integer not null,
    operation     text not null,
    queue_name    text not null,
    payload       text not null,
    created_at    text not null,
    attempt       integer not null default 0,
    failures      integer not null default 0,
    retries       integer not null default 0,
    deaths        integer not null default 0,
    fence         integer not null default 0,
    unique (parent_job_id, stage, item_index)
) strict;

-- Hints: which units are probably ready. kind 0 is a job, 1 an item; seq is its key there.
create table ready (
    queue_id integer not null,
    prio     integer not null, -- minus the priority, so that the first row is the next to run
    kind     integer not null,
    seq      integer not null,
    primary key (queue_id, prio, kind, seq)
) strict, without rowid;

create table deferred (
    run_at   text not null,
    kind     integer not null,
    seq      integer not null,
    queue_id integer not null,
    prio     integer not null,
    primary key (run_at, kind, seq)
) strict, without rowid;

-- Who holds what right now: one row per running unit.
create table claim (
    kind       integer not null,
    seq        integer not null,
    worker_id  text not null,
    fence      integer not null,
    queue_id   integer not null,
    claimed_at text not null,
    primary key (kind, seq)
) strict, without rowid;
create index claim_worker on claim (worker_id);
create index claim_queue on claim (queue_id);

create table worker (
    id                 text primary key,
    host               text not null,
    pid                integer not null,
    process_started_at text not null,
    queues             text not null, -- JSON list of names
    slots              integer not null,
    busy               integer not null,
    draining           integer not null,
    started_at         text not null,
    heartbeat_at       text not null
) strict, without rowid;

create table dead_letter (
    id            text primary key,
    kind          text not null check (kind in ('job', 'item')),
    job_id        text not null,
    stage         integer,
    item_index    integer,
    queue_name    text not null,
    operation     text not null,
    payload       text not null,
    error_code    text not null,
    error_message text not null,
    attempts      integer not null,
    status        text not null default 'pending' check (status in ('pending', 'redriven')),
    created_at    text not null,
    settled_at    text,
    settled_by    text
) strict, without rowid;
create index dead_letter_job on dead_letter (job_id);
create index dead_letter_status on dead_letter (status, id);

create table counter (
    name  text primary key,
    value integer not null
) strict, without rowid;
insert into counter (name, value) values ('fence', 0);
