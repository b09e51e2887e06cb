-- Controls of queues and workers, and limits: named resources, keys, rates.

alter table queue add column paused_by text;
alter table queue add column pause_reason text;
alter table queue add column max_running_per_key integer;
alter table queue add column rate_count integer;
alter table queue add column rate_seconds double precision;
alter table queue add column key_rate_count integer;
alter table queue add column key_rate_seconds double precision;

-- What a unit needs while it runs: a JSON object of units by resource name; null for most units, which then pay for nothing.
alter table job add column resources json;
alter table item add column resources json;
alter table batch_stage add column resources json;

create table resource (
    name         text collate "C" primary key,
    capacity     bigint not null,
    rate_count   integer,
    rate_seconds double precision
);

-- Who has what. A row counts only while a claim with the same fence exists, so that nothing can hold for ever.
create table resource_hold (
    kind     integer not null,
    seq      bigint not null,
    resource text collate "C" not null,
    fence    bigint not null,
    units    integer not null,
    primary key (kind, seq, resource)
);
create index resource_hold_resource on resource_hold (resource);

-- Hints of units that found their resource taken. They leave 'ready', so that a claim never walks over them.
create unlogged table parked (
    resource text collate "C" not null,
    queue_id integer not null,
    prio     integer not null,
    kind     integer not null,
    seq      bigint not null,
    units    integer not null,
    primary key (resource, queue_id, prio, kind, seq)
);
create index parked_unit on parked (kind, seq);
create index parked_queue on parked (queue_id);

-- Marks: from this instant on, units of this queue that wait for this resource may have a place. Stale and doubled ones do no harm.
create unlogged table unpark (
    queue_id integer not null,
    at       timestamptz not null,
    resource text collate "C" not null,
    primary key (queue_id, at, resource)
);

-- The starts of the last window of each scope that has a rate, numbered, so that counting them is a subtraction.
create table rate_start (
    scope      text collate "C" not null,
    started_at timestamptz not null,
    n          bigint not null,
    primary key (scope, started_at, n)
);

-- A unit's hints are moved when its priority changes.
create index deferred_unit on deferred (kind, seq);
create index deferred_queue on deferred (queue_id);

alter table worker add column labels json not null default '{}';
alter table worker add column drain_requested_at timestamptz;
alter table worker add column drain_requested_by text;
