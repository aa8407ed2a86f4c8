-- Several servers on one database. All of it is additional, so that a server of the release before can go on.

-- Servers: who runs, and when each was seen last, by the database's clock.
create table "process" (
    "id" text not null primary key,
    -- The operator's name for it (INSTANCE), or its id.
    "name" text not null,
    "version" text not null,
    "startedAt" date not null,
    "seenAt" date not null,
    -- Set while it ends its answers and takes no new ones.
    "drainsAt" date
);

create index "process_name_idx" on "process" ("name");

-- What all servers of a database must agree on; one row.
create table "instance" (
    "place" integer not null primary key check ("place" = 1),
    "secretFingerprint" text not null
);

-- The server that writes the answer; null in rows of older servers, whose runs have leases alone. The run is abandoned once
-- the server's row is gone.
alter table "run" add column "processId" text;
-- When a stop was asked for at another server than the run's.
alter table "run" add column "stopAskedAt" date;

create index "run_processId_running_idx" on "run" ("processId") where "status" = 'running';
