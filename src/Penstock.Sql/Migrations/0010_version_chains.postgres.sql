-- A row that every exchange writes grows a chain of versions for as long as a transaction is open anywhere, and whoever looks for the
-- newest walks along it: measured, after two minutes that was a tenth of the time. So no row is written by all of them.

-- Fences. Workers of an older version go on with 'counter'; the two have no number in common. A number that was not committed may be
-- lost, but none comes twice: a claim is told only after its commit, and that flushes what the sequence wrote to the log before.
create sequence fence minvalue 1000000000;

-- What ended in the last seconds, a row a second; the reaper adds whole seconds to 'queue'.
create table queue_tally (
    queue_id   integer not null,
    counted_at timestamptz not null,
    succeeded  bigint not null,
    failed     bigint not null,
    cancelled  bigint not null,
    primary key (queue_id, counted_at)
) with (fillfactor = 50);
