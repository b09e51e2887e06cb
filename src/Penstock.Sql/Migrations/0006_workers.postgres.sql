-- Workers that take part over HTTP, beside the processes that have the engine in them.
alter table worker add column kind text not null default 'process' check (kind in ('process', 'http'));
