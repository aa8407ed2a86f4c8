-- What follows a message of the user's, once for each time that it was answered: trying again loses no answer.

create table "version" (
    "threadId" text not null references "thread" ("id") on delete cascade,
    -- The message. It may itself wait in a version of an earlier one, so it is no foreign key.
    "questionId" text not null,
    -- 1, 2, …
    "number" integer not null,
    -- The run that writes it, as long as it does.
    "runId" text unique,
    -- The items, the oldest first; null for the version that stands in the thread.
    "items" jsonb,
    constraint "version_pkey" primary key ("questionId", "number")
);

create index "version_threadId_idx" on "version" ("threadId");
