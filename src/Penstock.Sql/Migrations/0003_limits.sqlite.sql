-- Controls of queues and workers, and limits: named resources, keys, rates.

alter table queue add column paused_by text;
alter table queue add column pause_reason text;
alter table queue add column max_running_per_key integer;
alter table queue add column rate_count integer;
alter table queue add column rate_seconds real;
alter table queue add column key_rate_count integer;
alter table queue add column key_rate_seconds real;

-- What a unit needs while it runs: a JSON object of units by resource name; null for most units, which then pay for nothing.
alter table job add column resources text;
alter table item add column resources text;
alter table batch_stage add column resources text;

create table resource (
    name         text primary key,
    capacity     integer not null,
    rate_count   integer,
    rate_seconds real
) strict, without rowid;

-- Who has what. A row counts only while a claim with the same fence exists, so that nothing can hold for ever:
-- whatever ends a claim (cancelling, recovery, the reaper, an operator's own SQL) frees its resources in the same instant.
create table resource_hold (
    kind     integer not null,
    seq      integer not null,
    resource text not null,
    fence    integer not null,
    units    integer not null,
    primary key (kind, seq, resource)
) strict, without rowid;
create index resource_hold_resource on resource_hold (resource);

-- Hints of units that found their resource taken. They leave 'ready', so that a claim never walks over them.
create table parked (
    resource text not null,
    queue_id integer not null,
    prio     integer not null,
    kind     integer not null,
    seq      integer not null,
    units    integer not null,
    primary key (resource, queue_id, prio, kind, seq)
) strict, without rowid;
create index parked_unit on parked (kind, seq);
create index parked_queue on parked (queue_id);

-- Marks: from this instant on, units of this queue that wait for this resource may have a place. Stale and doubled ones do no harm.
create table unpark (
    queue_id integer not null,
    at       text not null,
    resource text not null,
    primary key (queue_id, at, resource)
) strict, without rowid;

-- The starts of the last window of each scope that has a rate, numbered, so that counting them is a subtraction.
create table rate_start (
    scope      text not null,
    started_at text not null,
    n          integer not null,
    primary key (scope, started_at, n)
) strict, without rowid;

-- A unit's hints are moved when its priority changes.
create index deferred_unit on deferred (kind, seq);
create index deferred_queue on deferred (queue_id);

alter table worker add column labels text not null default '{}'; -- JSON object, for people
alter table worker add column drain_requested_at text;
alter table worker add column drain_requested_by text;
