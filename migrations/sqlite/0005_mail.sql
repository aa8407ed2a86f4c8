-- Mails that wait to be sent.

create table "mail" (
    "id" text not null primary key,
    -- What was asked for, as JSON; no token, no link.
    "order" text not null,
    -- How often sending it has failed.
    "attempts" integer not null,
    -- When it is tried next; while it is being sent, when it is taken for given up by whoever sends it.
    "nextAttemptAt" date not null,
    "createdAt" date not null
);

create index "mail_nextAttemptAt_idx" on "mail" ("nextAttemptAt");
