-- Named and keyed as on SQLite, with PostgreSQL's types. Text that is compared, searched or ordered is in "C": both databases
-- then order alike and are blind to the case of the same letters, whatever the locale of this one.

-- Residues, stored once however many proteins or queries share them.
create table sequence (
    id            bigint generated always as identity primary key,
    sequence      text not null,
    sequence_hash text collate "C" not null unique,
    length        integer not null,
    created_at    timestamptz not null
);

create table protein (
    accession           text collate "C" primary key,
    entry_name          text collate "C",
    reviewed            integer,
    canonical_accession text collate "C" not null,
    isoform_index       integer,
    is_canonical        integer not null,
    taxonomy_id         text,
    organism            text collate "C",
    gene_name           text collate "C",
    length              integer,
    sequence_id         bigint references sequence (id) on delete set null,
    sequence_version    integer not null default 1,
    created_at          timestamptz not null,
    updated_at          timestamptz not null
);
create index protein_canonical on protein (canonical_accession);
create index protein_sequence on protein (sequence_id);
create index protein_updated on protein (updated_at);

-- What a protein's sequence was before UniProt changed it.
create table protein_sequence_history (
    protein_accession text collate "C" not null references protein (accession) on delete cascade,
    version           integer not null,
    sequence_id       bigint not null references sequence (id),
    replaced_at       timestamptz not null,
    primary key (protein_accession, version)
);

-- Loads are staged: rows of an unpublished snapshot or set are invisible, and the next load clears them.
create table ontology_snapshot (
    id                 uuid primary key,
    obo_url            text not null,
    obo_version        text collate "C" not null unique,
    obo_artifact       text not null,
    obo_sha256         text not null,
    ia_url             text,
    term_count         bigint not null default 0,
    relationship_count bigint not null default 0,
    job_id             uuid,
    loaded_at          timestamptz not null,
    published_at       timestamptz
);

create table go_term (
    id                   bigint generated always as identity primary key,
    ontology_snapshot_id uuid not null references ontology_snapshot (id) on delete cascade,
    go_id                text collate "C" not null,
    name                 text not null,
    aspect               text collate "C" check (aspect in ('P', 'F', 'C')),
    definition           text,
    is_obsolete          integer not null,
    unique (ontology_snapshot_id, go_id)
);

create table go_term_relationship (
    child_go_term_id     bigint not null references go_term (id) on delete cascade,
    parent_go_term_id    bigint not null references go_term (id) on delete cascade,
    relation_type        text collate "C" not null,
    ontology_snapshot_id uuid not null references ontology_snapshot (id) on delete cascade,
    primary key (child_go_term_id, parent_go_term_id, relation_type)
);
create index go_term_relationship_parent on go_term_relationship (parent_go_term_id);
create index go_term_relationship_snapshot on go_term_relationship (ontology_snapshot_id);

create table annotation_set (
    id                   uuid primary key,
    source               text collate "C" not null check (source in ('goa', 'quickgo')),
    source_version       text collate "C" not null,
    ontology_snapshot_id uuid not null references ontology_snapshot (id) on delete restrict,
    job_id               uuid,
    annotation_count     bigint not null default 0,
    meta                 json,
    created_at           timestamptz not null,
    published_at         timestamptz,
    unique (source, source_version, ontology_snapshot_id)
);
create index annotation_set_snapshot on annotation_set (ontology_snapshot_id);

-- The NOT flag is part of the key: "enables" and "NOT|enables" are different statements.
-- No foreign key to go_term: the set's key to its snapshot guards the same, without a check per row.
create table protein_go_annotation (
    id                bigint generated always as identity primary key,
    annotation_set_id uuid not null references annotation_set (id) on delete cascade,
    protein_accession text collate "C" not null references protein (accession) on delete cascade,
    go_term_id        bigint not null,
    qualifier         text not null,
    is_negated        integer not null,
    evidence_code     text collate "C" not null,
    assigned_by       text,
    db_reference      text,
    with_from         text,
    annotation_date   text,
    constraint uq_pga_set_protein_term_evidence
        unique (annotation_set_id, protein_accession, go_term_id, evidence_code, is_negated)
);
create index protein_go_annotation_protein on protein_go_annotation (protein_accession, annotation_set_id);

create table information_accretion_set (
    id                   uuid primary key,
    ontology_snapshot_id uuid not null references ontology_snapshot (id) on delete restrict,
    annotation_set_id    uuid not null references annotation_set (id) on delete cascade,
    evidence_regime      text collate "C" not null check (evidence_regime in ('lafa', 'experimental', 'all')),
    artifact             text not null,
    content_sha256       text not null,
    term_count           bigint not null,
    nonzero_count        bigint not null,
    annotation_count     bigint not null,
    protein_count        bigint not null,
    ia_max               double precision not null,
    ia_mean              double precision not null,
    job_id               uuid,
    created_at           timestamptz not null,
    unique (ontology_snapshot_id, annotation_set_id, evidence_regime)
);
create index information_accretion_set_annotation on information_accretion_set (annotation_set_id);

create table embedding_config (
    id                 uuid primary key,
    model_name         text not null,
    model_backend      text not null,
    layer_indices      json not null,
    layer_agg          text not null,
    pooling            text not null,
    normalize_residues integer not null,
    normalize          integer not null,
    max_length         integer not null,
    use_chunking       integer not null,
    chunk_size         integer not null,
    chunk_overlap      integer not null,
    description        text,
    created_at         timestamptz not null
);

-- The vector: little-endian float32, embedding_dim of them. Ids are never used again: the highest one tells a cache
-- of references whether it is still right.
create table sequence_embedding (
    id                  bigint generated always as identity primary key,
    embedding_config_id uuid not null references embedding_config (id) on delete restrict,
    sequence_id         bigint not null references sequence (id) on delete cascade,
    chunk_index_s       integer not null default 0,
    chunk_index_e       integer,
    embedding           bytea not null,
    embedding_dim       integer not null,
    created_at          timestamptz not null,
    unique (embedding_config_id, sequence_id, chunk_index_s)
);
create index sequence_embedding_sequence on sequence_embedding (sequence_id);
-- Floats do not compress; trying costs more than storing.
alter table sequence_embedding alter column embedding set storage external;

create table query_set (
    id           uuid primary key,
    name         text not null,
    description  text,
    entry_count  bigint not null default 0,
    created_at   timestamptz not null,
    published_at timestamptz
);

create table query_set_entry (
    id           bigint generated always as identity primary key,
    query_set_id uuid not null references query_set (id) on delete cascade,
    accession    text collate "C" not null,
    sequence_id  bigint not null references sequence (id) on delete restrict,
    unique (query_set_id, accession)
);
create index query_set_entry_sequence on query_set_entry (sequence_id);

create table prediction_set (
    id                   uuid primary key,
    embedding_config_id  uuid not null references embedding_config (id) on delete restrict,
    annotation_set_id    uuid not null references annotation_set (id) on delete restrict,
    ontology_snapshot_id uuid not null references ontology_snapshot (id) on delete restrict,
    query_set_id         uuid references query_set (id) on delete set null,
    limit_per_entry      integer not null,
    distance_threshold   double precision,
    prediction_count     bigint not null default 0,
    meta                 json,
    job_id               uuid not null,
    created_at           timestamptz not null
);
create index prediction_set_config on prediction_set (embedding_config_id);
create index prediction_set_annotation on prediction_set (annotation_set_id);
create index prediction_set_snapshot on prediction_set (ontology_snapshot_id);
create index prediction_set_query on prediction_set (query_set_id);

-- protein_accession names a query, which need not be a stored protein.
create table go_prediction (
    id                     bigint generated always as identity primary key,
    prediction_set_id      uuid not null references prediction_set (id) on delete cascade,
    protein_accession      text collate "C" not null,
    go_term_id             bigint not null,
    ref_protein_accession  text not null,
    distance               double precision not null,
    qualifier              text not null,
    evidence_code          text not null,
    vote_count             integer,
    k_position             integer,
    go_term_frequency      integer,
    ref_annotation_density integer,
    neighbor_distance_std  double precision,
    unique (prediction_set_id, protein_accession, go_term_id)
);

create table evaluation_set (
    id                    uuid primary key,
    old_annotation_set_id uuid not null references annotation_set (id) on delete restrict,
    new_annotation_set_id uuid not null references annotation_set (id) on delete restrict,
    stats                 json not null,
    job_id                uuid,
    created_at            timestamptz not null,
    unique (old_annotation_set_id, new_annotation_set_id)
);
create index evaluation_set_new on evaluation_set (new_annotation_set_id);

create table evaluation_result (
    id                uuid primary key,
    evaluation_set_id uuid not null references evaluation_set (id) on delete cascade,
    prediction_set_id uuid not null references prediction_set (id) on delete cascade,
    pk_coverage       text not null,
    max_distance      double precision,
    ia_used           integer not null,
    results           json not null,
    warnings          json not null,
    artifacts         json not null,
    job_id            uuid,
    created_at        timestamptz not null
);
create index evaluation_result_evaluation on evaluation_result (evaluation_set_id);
create index evaluation_result_prediction on evaluation_result (prediction_set_id);

-- The built-in embedding, which every installation can compute. Id and name are those of EmbeddingModels.
insert into embedding_config (id, model_name, model_backend, layer_indices, layer_agg, pooling, normalize_residues, normalize,
                              max_length, use_chunking, chunk_size, chunk_overlap, description, created_at)
values ('0191f1d0-0000-7000-8000-000000000512', 'penstock/alignment-free-512-v1', 'builtin', '[0]', 'mean', 'mean', 0, 1,
        1022, 0, 512, 0, 'Built in: amino-acid composition and spaced k-mers, 512 values. No model, nothing to download.',
        date_trunc('second', now()));
