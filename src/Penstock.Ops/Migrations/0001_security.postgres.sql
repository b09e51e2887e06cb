-- Who may do what, and what they did. Secrets are here only as hashes.

create table account (
    id                   uuid primary key,
    name                 text collate "C" not null unique,
    role                 text not null check (role in ('viewer', 'operator', 'admin')),
    password_hash        text not null,
    -- Counts up when the password, the role or the lock changes: a session made before is refused.
    session_version      integer not null default 1,
    disabled             integer not null default 0 check (disabled in (0, 1)),
    must_change_password integer not null default 0 check (must_change_password in (0, 1)),
    failed_logins        integer not null default 0,
    locked_until         timestamptz,
    created_at           timestamptz not null,
    last_login_at        timestamptz
);

create table access_token (
    id            uuid primary key,
    name          text not null,
    role          text not null check (role in ('viewer', 'operator', 'admin')),
    prefix        text not null,
    secret_sha256 text collate "C" not null unique,
    created_by    text not null,
    created_at    timestamptz not null,
    expires_at    timestamptz,
    revoked_at    timestamptz,
    last_used_at  timestamptz
);

create table audit_log (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    kind    text collate "C" not null,
    actor   text not null,
    subject text,
    fields  json not null default '{}'
);
create index audit_log_kind on audit_log (kind, id);
