-- Threads, their items, and the runs that write answers into them.

create table "thread" (
    -- Breaks ties of "createdAt".
    "seq" bigint generated always as identity primary key,
    -- thr_…
    "id" text not null unique,
    "userId" text not null references "user" ("id") on delete cascade,
    "title" text,
    -- ChatKit's ThreadStatus.
    "status" jsonb not null,
    -- Integration data; never sent to clients as it is.
    "metadata" jsonb not null,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null
);

create index "thread_userId_createdAt_idx" on "thread" ("userId", "createdAt", "seq");

create table "item" (
    -- msg_…, shcx_…
    "id" text not null primary key,
    "threadId" text not null references "thread" ("id") on delete cascade,
    -- The place in the thread: counted, because clocks tie and go backwards.
    "seq" bigint not null,
    -- ChatKit's item type, for instance user_message.
    "type" text not null,
    -- The whole ChatKit item.
    "body" jsonb not null,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null,
    constraint "item_threadId_seq_key" unique ("threadId", "seq")
);

-- A run writes one answer. Its task holds a lease; a run whose lease is over was left by a crash.
create table "run" (
    -- run_…
    "id" text not null primary key,
    "threadId" text not null references "thread" ("id") on delete cascade,
    "userId" text not null references "user" ("id") on delete cascade,
    -- The item that is being written, once there is one.
    "itemId" text,
    -- running, completed, stopped, failed or interrupted.
    "status" text not null,
    "leaseExpiresAt" timestamptz not null,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null
);

-- One run per thread at a time.
create unique index "run_threadId_running_key" on "run" ("threadId") where "status" = 'running';
create index "run_threadId_idx" on "run" ("threadId");
create index "run_userId_idx" on "run" ("userId");
-- The sweep looks for leases that are over.
create index "run_leaseExpiresAt_running_idx" on "run" ("leaseExpiresAt") where "status" = 'running';
