-- Dead letters get a review: who looks at it, how urgent it is, what was written down and what was changed.
alter table dead_letter add column status text not null default 'pending'
    check (status in ('pending', 'in_review', 'redriven', 'archived'));
create index dead_letter_status on dead_letter (status, id);

alter table dead_letter add column assignee text;
alter table dead_letter add column urgency text not null default 'normal' check (urgency in ('low', 'normal', 'high', 'critical'));
alter table dead_letter add column edited integer not null default 0; -- its payload is not the one that failed

-- What people did to it, oldest first. An edit keeps the payload that it replaced.
create table dead_letter_action (
    id             bigint generated always as identity primary key,
    dead_letter_id uuid not null,
    at             timestamptz not null,
    actor          text,
    action         text not null check (action in ('reviewed', 'edited', 'archived', 'reopened', 'redriven')),
    note           text,
    assignee       text,
    urgency        text,
    payload_before json
);
create index dead_letter_action_letter on dead_letter_action (dead_letter_id, id);

-- Whether an operator may run a succeeded or cancelled job of the queue again.
alter table queue add column finished text not null default 'immutable' check (finished in ('immutable', 'requeueable'));
