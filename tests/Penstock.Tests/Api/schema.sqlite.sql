-- index annotation_set_snapshot
CREATE INDEX annotation_set_snapshot on annotation_set (ontology_snapshot_id);

-- index audit_log_kind
CREATE INDEX audit_log_kind on audit_log (kind, id);

-- index claim_queue
CREATE INDEX claim_queue on claim (queue_id);

-- index claim_worker
CREATE INDEX claim_worker on claim (worker_id);

-- index dead_letter_action_letter
CREATE INDEX dead_letter_action_letter on dead_letter_action (dead_letter_id, id);

-- index dead_letter_job
CREATE INDEX dead_letter_job on dead_letter (job_id);

-- index dead_letter_status
CREATE INDEX dead_letter_status on dead_letter (status, id);

-- index deferred_queue
CREATE INDEX deferred_queue on deferred (queue_id);

-- index deferred_unit
CREATE INDEX deferred_unit on deferred (kind, seq);

-- index evaluation_result_evaluation
CREATE INDEX evaluation_result_evaluation on evaluation_result (evaluation_set_id);

-- index evaluation_result_prediction
CREATE INDEX evaluation_result_prediction on evaluation_result (prediction_set_id);

-- index evaluation_set_new
CREATE INDEX evaluation_set_new on evaluation_set (new_annotation_set_id);

-- index go_term_relationship_parent
CREATE INDEX go_term_relationship_parent on go_term_relationship (parent_go_term_id);

-- index go_term_relationship_snapshot
CREATE INDEX go_term_relationship_snapshot on go_term_relationship (ontology_snapshot_id);

-- index information_accretion_set_annotation
CREATE INDEX information_accretion_set_annotation on information_accretion_set (annotation_set_id);

-- index job_dependency_on
CREATE INDEX job_dependency_on on job_dependency (depends_on_id);

-- index job_dependency_open
CREATE INDEX job_dependency_open on job_dependency (depends_on_id, job_id) where resolved_at is null;

-- index job_ended_badly
CREATE INDEX job_ended_badly on job (status, seq) where status in ('failed', 'cancelled');

-- index job_event_job
CREATE INDEX job_event_job on job_event (job_id, id);

-- index job_event_trouble
CREATE INDEX job_event_trouble on job_event (id) where level <> 'info';

-- index job_idempotency_key
CREATE UNIQUE INDEX job_idempotency_key on job (idempotency_key) where idempotency_key is not null;

-- index job_parent
CREATE INDEX job_parent on job (parent_job_id) where parent_job_id is not null;

-- index job_waiting
CREATE INDEX job_waiting on job (waiting_for, queue_name) where waiting_for is not null;

-- index parked_queue
CREATE INDEX parked_queue on parked (queue_id);

-- index parked_unit
CREATE INDEX parked_unit on parked (kind, seq);

-- index prediction_set_annotation
CREATE INDEX prediction_set_annotation on prediction_set (annotation_set_id);

-- index prediction_set_config
CREATE INDEX prediction_set_config on prediction_set (embedding_config_id);

-- index prediction_set_query
CREATE INDEX prediction_set_query on prediction_set (query_set_id);

-- index prediction_set_snapshot
CREATE INDEX prediction_set_snapshot on prediction_set (ontology_snapshot_id);

-- index protein_canonical
CREATE INDEX protein_canonical on protein (canonical_accession);

-- index protein_go_annotation_protein
CREATE INDEX protein_go_annotation_protein on protein_go_annotation (protein_accession, annotation_set_id);

-- index protein_sequence
CREATE INDEX protein_sequence on protein (sequence_id);

-- index protein_updated
CREATE INDEX protein_updated on protein (updated_at);

-- index query_set_entry_sequence
CREATE INDEX query_set_entry_sequence on query_set_entry (sequence_id);

-- index resource_hold_resource
CREATE INDEX resource_hold_resource on resource_hold (resource);

-- index sequence_embedding_sequence
CREATE INDEX sequence_embedding_sequence on sequence_embedding (sequence_id);

-- index signal_sent_at
CREATE INDEX signal_sent_at on signal (sent_at);

-- index signal_wait_name
CREATE INDEX signal_wait_name on signal_wait (name);

-- table access_token
CREATE TABLE access_token (
    id            text primary key,
    name          text not null,
    role          text not null check (role in ('viewer', 'operator', 'admin')),
    prefix        text not null,
    secret_sha256 text not null unique,
    created_by    text not null,
    created_at    text not null,
    expires_at    text,
    revoked_at    text,
    last_used_at  text
) strict;

-- table account
CREATE TABLE account (
    id                   text primary key,
    name                 text not null unique,
    role                 text not null check (role in ('viewer', 'operator', 'admin')),
    password_hash        text not null,
    -- Counts up when the password, the role or the lock changes: a session made before is refused.
    session_version      integer not null default 1,
    disabled             integer not null default 0 check (disabled in (0, 1)),
    must_change_password integer not null default 0 check (must_change_password in (0, 1)),
    failed_logins        integer not null default 0,
    locked_until         text,
    created_at           text not null,
    last_login_at        text
) strict;

-- table annotation_set
CREATE TABLE annotation_set (
    id                   text primary key,
    source               text not null check (source in ('goa', 'quickgo')),
    source_version       text not null,
    ontology_snapshot_id text not null references ontology_snapshot (id) on delete restrict,
    job_id               text,
    annotation_count     integer not null default 0,
    meta                 text,
    created_at           text not null,
    published_at         text,
    unique (source, source_version, ontology_snapshot_id)
);

-- table audit_log
CREATE TABLE audit_log (
    id      integer primary key autoincrement,
    at      text not null,
    kind    text not null,
    actor   text not null,
    subject text,
    fields  text not null default '{}'
) strict;

-- table batch
CREATE TABLE batch (
    parent_job_id text primary key,
    total         integer not null,
    stages        integer not null,
    failure_ratio real not null,
    continuation  text,
    result        text not null
) strict, without rowid;

-- table batch_ledger
CREATE TABLE batch_ledger (
    parent_job_id text not null,
    stage         integer not null,
    chunk         integer not null,
    done          blob not null,
    failed        blob not null,
    primary key (parent_job_id, stage, chunk)
) strict, without rowid;

-- table batch_stage
CREATE TABLE batch_stage (
    parent_job_id text not null,
    stage         integer not null,
    operation     text not null,
    queue_name    text not null,
    done          integer not null default 0,
    failed        integer not null default 0, resources text,
    primary key (parent_job_id, stage)
) strict, without rowid;

-- table claim
CREATE TABLE claim (
    kind       integer not null,
    seq        integer not null,
    worker_id  text not null,
    fence      integer not null,
    queue_id   integer not null,
    claimed_at text not null,
    primary key (kind, seq)
) strict, without rowid;

-- table counter
CREATE TABLE counter (
    name  text primary key,
    value integer not null
) strict, without rowid;

-- table dead_letter
CREATE TABLE dead_letter (
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
    created_at    text not null,
    settled_at    text,
    settled_by    text
, status text not null default 'pending'
    check (status in ('pending', 'in_review', 'redriven', 'archived')), assignee text, urgency text not null default 'normal' check (urgency in ('low', 'normal', 'high', 'critical')), edited integer not null default 0) strict, without rowid;

-- table dead_letter_action
CREATE TABLE dead_letter_action (
    id             integer primary key autoincrement,
    dead_letter_id text not null,
    at             text not null,
    actor          text,
    action         text not null check (action in ('reviewed', 'edited', 'archived', 'reopened', 'redriven')),
    note           text,
    assignee       text,
    urgency        text,
    payload_before text
) strict;

-- table deferred
CREATE TABLE deferred (
    run_at   text not null,
    kind     integer not null,
    seq      integer not null,
    queue_id integer not null,
    prio     integer not null,
    primary key (run_at, kind, seq)
) strict, without rowid;

-- table embedding_config
CREATE TABLE embedding_config (
    id                 text primary key,
    model_name         text not null,
    model_backend      text not null,
    layer_indices      text not null,
    layer_agg          text not null,
    pooling            text not null,
    normalize_residues integer not null,
    normalize          integer not null,
    max_length         integer not null,
    use_chunking       integer not null,
    chunk_size         integer not null,
    chunk_overlap      integer not null,
    description        text,
    created_at         text not null
);

-- table evaluation_result
CREATE TABLE evaluation_result (
    id                text primary key,
    evaluation_set_id text not null references evaluation_set (id) on delete cascade,
    prediction_set_id text not null references prediction_set (id) on delete cascade,
    pk_coverage       text not null,
    max_distance      real,
    ia_used           integer not null,
    results           text not null,
    warnings          text not null,
    artifacts         text not null,
    job_id            text,
    created_at        text not null
);

-- table evaluation_set
CREATE TABLE evaluation_set (
    id                    text primary key,
    old_annotation_set_id text not null references annotation_set (id) on delete restrict,
    new_annotation_set_id text not null references annotation_set (id) on delete restrict,
    stats                 text not null,
    job_id                text,
    created_at            text not null,
    unique (old_annotation_set_id, new_annotation_set_id)
);

-- table go_prediction
CREATE TABLE go_prediction (
    id                     integer primary key,
    prediction_set_id      text not null references prediction_set (id) on delete cascade,
    protein_accession      text not null,
    go_term_id             integer not null,
    ref_protein_accession  text not null,
    distance               real not null,
    qualifier              text not null,
    evidence_code          text not null,
    vote_count             integer,
    k_position             integer,
    go_term_frequency      integer,
    ref_annotation_density integer,
    neighbor_distance_std  real,
    unique (prediction_set_id, protein_accession, go_term_id)
);

-- table go_term
CREATE TABLE go_term (
    id                   integer primary key,
    ontology_snapshot_id text not null references ontology_snapshot (id) on delete cascade,
    go_id                text not null,
    name                 text not null,
    aspect               text check (aspect in ('P', 'F', 'C')),
    definition           text,
    is_obsolete          integer not null,
    unique (ontology_snapshot_id, go_id)
);

-- table go_term_relationship
CREATE TABLE go_term_relationship (
    child_go_term_id     integer not null references go_term (id) on delete cascade,
    parent_go_term_id    integer not null references go_term (id) on delete cascade,
    relation_type        text not null,
    ontology_snapshot_id text not null references ontology_snapshot (id) on delete cascade,
    primary key (child_go_term_id, parent_go_term_id, relation_type)
) without rowid;

-- table information_accretion_set
CREATE TABLE information_accretion_set (
    id                   text primary key,
    ontology_snapshot_id text not null references ontology_snapshot (id) on delete restrict,
    annotation_set_id    text not null references annotation_set (id) on delete cascade,
    evidence_regime      text not null check (evidence_regime in ('lafa', 'experimental', 'all')),
    artifact             text not null,
    content_sha256       text not null,
    term_count           integer not null,
    nonzero_count        integer not null,
    annotation_count     integer not null,
    protein_count        integer not null,
    ia_max               real not null,
    ia_mean              real not null,
    job_id               text,
    created_at           text not null,
    unique (ontology_snapshot_id, annotation_set_id, evidence_regime)
);

-- table item
CREATE TABLE item (
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
    fence         integer not null default 0, resources text,
    unique (parent_job_id, stage, item_index)
) strict;

-- table job
CREATE TABLE job (
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
    idempotency_key  text
, waiting_for text check (waiting_for in ('batch', 'children', 'dependencies', 'signal', 'sleep')), ties integer not null default 0, unique_key text, resources text) strict;

-- table job_dependency
CREATE TABLE job_dependency (
    job_id        text not null,
    step          text not null,
    position      integer not null,
    depends_on_id text not null,
    on_failure    text not null check (on_failure in ('cancel', 'run', 'hold')),
    resolved_at   text,
    resolution    text check (resolution in ('succeeded', 'failed', 'cancelled', 'released', 'abandoned')),
    primary key (job_id, step, position)
) strict, without rowid;

-- table job_event
CREATE TABLE job_event (
    id      integer primary key autoincrement,
    job_id  text not null,
    ts      text not null,
    level   text not null,
    event   text not null,
    message text,
    fields  text not null default '{}'
) strict;

-- table job_step
CREATE TABLE job_step (
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

-- table job_unique
CREATE TABLE job_unique (
    key    text primary key,
    job_id text not null unique
) strict, without rowid;

-- table leadership
CREATE TABLE leadership (
    name     text primary key,
    holder   text not null,
    since_at text not null,
    until_at text not null
) strict, without rowid;

-- table ontology_snapshot
CREATE TABLE ontology_snapshot (
    id                 text primary key,
    obo_url            text not null,
    obo_version        text not null unique,
    obo_artifact       text not null,
    obo_sha256         text not null,
    ia_url             text,
    term_count         integer not null default 0,
    relationship_count integer not null default 0,
    job_id             text,
    loaded_at          text not null,
    published_at       text
);

-- table parked
CREATE TABLE parked (
    resource text not null,
    queue_id integer not null,
    prio     integer not null,
    kind     integer not null,
    seq      integer not null,
    units    integer not null,
    primary key (resource, queue_id, prio, kind, seq)
) strict, without rowid;

-- table prediction_set
CREATE TABLE prediction_set (
    id                   text primary key,
    embedding_config_id  text not null references embedding_config (id) on delete restrict,
    annotation_set_id    text not null references annotation_set (id) on delete restrict,
    ontology_snapshot_id text not null references ontology_snapshot (id) on delete restrict,
    query_set_id         text references query_set (id) on delete set null,
    limit_per_entry      integer not null,
    distance_threshold   real,
    prediction_count     integer not null default 0,
    meta                 text,
    job_id               text not null,
    created_at           text not null
);

-- table protein
CREATE TABLE protein (
    accession           text primary key,
    entry_name          text,
    reviewed            integer,
    canonical_accession text not null,
    isoform_index       integer,
    is_canonical        integer not null,
    taxonomy_id         text,
    organism            text,
    gene_name           text,
    length              integer,
    sequence_id         integer references sequence (id) on delete set null,
    sequence_version    integer not null default 1,
    created_at          text not null,
    updated_at          text not null
);

-- table protein_go_annotation
CREATE TABLE protein_go_annotation (
    id                integer primary key,
    annotation_set_id text not null references annotation_set (id) on delete cascade,
    protein_accession text not null references protein (accession) on delete cascade,
    go_term_id        integer not null,
    qualifier         text not null,
    is_negated        integer not null,
    evidence_code     text not null,
    assigned_by       text,
    db_reference      text,
    with_from         text,
    annotation_date   text,
    constraint uq_pga_set_protein_term_evidence
        unique (annotation_set_id, protein_accession, go_term_id, evidence_code, is_negated)
);

-- table protein_sequence_history
CREATE TABLE protein_sequence_history (
    protein_accession text not null references protein (accession) on delete cascade,
    version           integer not null,
    sequence_id       integer not null references sequence (id),
    replaced_at       text not null,
    primary key (protein_accession, version)
);

-- table query_set
CREATE TABLE query_set (
    id           text primary key,
    name         text not null,
    description  text,
    entry_count  integer not null default 0,
    created_at   text not null,
    published_at text
);

-- table query_set_entry
CREATE TABLE query_set_entry (
    id           integer primary key,
    query_set_id text not null references query_set (id) on delete cascade,
    accession    text not null,
    sequence_id  integer not null references sequence (id) on delete restrict,
    unique (query_set_id, accession)
);

-- table queue
CREATE TABLE queue (
    id           integer primary key,
    name         text not null unique,
    max_running  integer,
    on_lost      text not null default 'requeue' check (on_lost in ('requeue', 'fail')),
    paused_at    text,
    succeeded    integer not null default 0,
    failed       integer not null default 0,
    cancelled    integer not null default 0
, paused_by text, pause_reason text, max_running_per_key integer, rate_count integer, rate_seconds real, key_rate_count integer, key_rate_seconds real, finished text not null default 'immutable' check (finished in ('immutable', 'requeueable'))) strict;

-- table rate_start
CREATE TABLE rate_start (
    scope      text not null,
    started_at text not null,
    n          integer not null,
    primary key (scope, started_at, n)
) strict, without rowid;

-- table ready
CREATE TABLE ready (
    queue_id integer not null,
    prio     integer not null, -- minus the priority, so that the first row is the next to run
    kind     integer not null,
    seq      integer not null,
    primary key (queue_id, prio, kind, seq)
) strict, without rowid;

-- table resource
CREATE TABLE resource (
    name         text primary key,
    capacity     integer not null,
    rate_count   integer,
    rate_seconds real
) strict, without rowid;

-- table resource_hold
CREATE TABLE resource_hold (
    kind     integer not null,
    seq      integer not null,
    resource text not null,
    fence    integer not null,
    units    integer not null,
    primary key (kind, seq, resource)
) strict, without rowid;

-- table schedule
CREATE TABLE schedule (
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

-- table schema_version
CREATE TABLE schema_version (
    area text not null, number integer not null, name text not null, sha256 text not null, applied_at text not null,
    primary key (area, number));

-- table sequence
CREATE TABLE sequence (
    id            integer primary key,
    sequence      text not null,
    sequence_hash text not null unique,
    length        integer not null,
    created_at    text not null
);

-- table sequence_embedding
CREATE TABLE sequence_embedding (
    id                  integer primary key autoincrement,
    embedding_config_id text not null references embedding_config (id) on delete restrict,
    sequence_id         integer not null references sequence (id) on delete cascade,
    chunk_index_s       integer not null default 0,
    chunk_index_e       integer,
    embedding           blob not null,
    embedding_dim       integer not null,
    created_at          text not null,
    unique (embedding_config_id, sequence_id, chunk_index_s)
);

-- table signal
CREATE TABLE signal (
    name    text primary key,
    payload text not null,
    sent_at text not null,
    sent_by text
) strict, without rowid;

-- table signal_wait
CREATE TABLE signal_wait (
    job_id   text not null,
    step     text not null,
    name     text not null,
    since    text not null,
    deadline text,
    primary key (job_id, step)
) strict, without rowid;

-- table unpark
CREATE TABLE unpark (
    queue_id integer not null,
    at       text not null,
    resource text not null,
    primary key (queue_id, at, resource)
) strict, without rowid;

-- table unsettled
CREATE TABLE unsettled (
    subject text primary key,
    ending  text not null
) strict, without rowid;

-- table worker
CREATE TABLE worker (
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
, labels text not null default '{}', drain_requested_at text, drain_requested_by text, kind text not null default 'process' check (kind in ('process', 'http'))) strict, without rowid;
