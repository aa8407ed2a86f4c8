-- What users think of items, the search in threads, limits per user, and what answers cost.

create table "feedback" (
    "itemId" text not null primary key references "item" ("id") on delete cascade,
    -- positive or negative.
    "kind" text not null,
    "createdAt" date not null,
    "updatedAt" date not null
);

-- What is searched: a row per title and per message, its words in lower case with spaces between them.
create table "searchText" (
    "seq" integer not null primary key autoincrement,
    -- The thread's id for its title, otherwise the item's.
    "id" text not null unique,
    "threadId" text not null references "thread" ("id") on delete cascade,
    "itemId" text references "item" ("id") on delete cascade,
    "words" text not null
);

create index "searchText_threadId_idx" on "searchText" ("threadId");
create index "searchText_itemId_idx" on "searchText" ("itemId");

-- The words are cut by us, so that both engines find the same: `ascii` cuts at the spaces and nowhere else.
create virtual table "searchIndex" using fts5 (
    "words", content = 'searchText', content_rowid = 'seq', tokenize = 'ascii'
);

create trigger "searchText_inserted" after insert on "searchText" begin
    insert into "searchIndex" ("rowid", "words") values (new."seq", new."words");
end;

create trigger "searchText_updated" after update on "searchText" begin
    insert into "searchIndex" ("searchIndex", "rowid", "words") values ('delete', old."seq", old."words");
    insert into "searchIndex" ("rowid", "words") values (new."seq", new."words");
end;

create trigger "searchText_deleted" after delete on "searchText" begin
    insert into "searchIndex" ("searchIndex", "rowid", "words") values ('delete', old."seq", old."words");
end;

-- Threads and items from before there was a search; the server cuts their words when it starts.
create table "searchBacklog" (
    "id" text not null primary key
);

insert into "searchBacklog" ("id")
select "id" from "thread" where "title" is not null
union all
select "id" from "item" where "type" in ('user_message', 'assistant_message');

-- What the model's server says that the answer cost: OpenAI's `usage`.
alter table "run" add column "usage" text;

-- Limits per user count the runs of the last minute.
create index "run_userId_createdAt_idx" on "run" ("userId", "createdAt");
drop index "run_userId_idx";
