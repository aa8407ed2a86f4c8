-- Threads that a ChatKit server behind ours answers in.

-- What the server behind says of a thread for clients, beside its title and status: `allowed_image_domains` and
-- `metadata`; null as long as it says nothing.
alter table "thread" add column "told" text;

-- The same thread there.
create table "upstreamThread" (
    "threadId" text not null primary key references "thread" ("id") on delete cascade,
    -- Its id there. Where it gives one anew, the older thread is gone there.
    "upstreamId" text not null unique,
    -- The title that it said last: one that it only repeats does not undo the user's.
    "title" text,
    "createdAt" date not null
);

-- The same item there. An item may wait in a version of an answer, so its id is no foreign key.
create table "upstreamItem" (
    "itemId" text not null primary key,
    "threadId" text not null references "thread" ("id") on delete cascade,
    -- Its id there. Some servers use one more than once in a thread; the newest item counts.
    "upstreamId" text not null,
    -- Breaks ties of "createdAt".
    "number" integer not null,
    -- When it was first told.
    "createdAt" date not null,
    constraint "upstreamItem_threadId_upstreamId_number_key" unique ("threadId", "upstreamId", "number")
);
