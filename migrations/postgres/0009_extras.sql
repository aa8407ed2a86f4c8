-- What users think of items, the search in threads, limits per user, and what answers cost.

create table "feedback" (
    "itemId" text not null primary key references "item" ("id") on delete cascade,
    -- positive or negative.
    "kind" text not null,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null
);

-- What is searched: a row per title and per message, its words in lower case with spaces between them.
create table "searchText" (
    "seq" bigint generated always as identity primary key,
    -- The thread's id for its title, otherwise the item's.
    "id" text not null unique,
    "threadId" text not null references "thread" ("id") on delete cascade,
    "itemId" text references "item" ("id") on delete cascade,
    "words" text not null,
    -- The words are cut by us, so that both engines find the same: `simple` takes them as they are.
    "vector" tsvector not null generated always as (to_tsvector('simple', "words")) stored
);

create index "searchText_threadId_idx" on "searchText" ("threadId");
create index "searchText_itemId_idx" on "searchText" ("itemId");
create index "searchText_vector_idx" on "searchText" using gin ("vector");

-- Threads and items from before there was a search; the server cuts their words when it starts.
create table "searchBacklog" (
    "id" text not null primary key
);

insert into "searchBacklog" ("id")
select "id" from "thread" where "title" is not null
union all
select "id" from "item" where "type" in ('user_message', 'assistant_message');

-- What the model's server says that the answer cost: OpenAI's `usage`.
alter table "run" add column "usage" jsonb;

-- Limits per user count the runs of the last minute.
create index "run_userId_createdAt_idx" on "run" ("userId", "createdAt");
drop index "run_userId_idx";
