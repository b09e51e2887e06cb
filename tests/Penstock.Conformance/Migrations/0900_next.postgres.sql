-- What a next version of the engine may do while this one works: wider tables, new tables, another index.
alter table job add column note text;
alter table worker add column zone text not null default 'here';
create index job_note on job (note) where note is not null;
create table next_thing (
    id   integer generated always as identity primary key,
    name text not null
);
insert into next_thing (name) select name from queue;
