create table stock (
    item     text primary key,
    quantity integer not null
) strict;
insert into stock (item, quantity) values ('turbine', 1000), ('valve', 5);

create table orders (
    id           text primary key,
    customer     text not null,
    item         text not null,
    quantity     integer not null,
    job_id       text not null,
    confirmed_at text
) strict;

-- What would go out as mail. One row an order: a second run of the job writes nothing.
create table confirmation (
    order_id text primary key,
    text     text not null
) strict;
