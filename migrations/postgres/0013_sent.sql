-- What users sent: keys that name one request each, and messages that count against the limit.

-- A digest of what was sent under "key".
alter table "run" add column "fingerprint" text;

-- The messages of the last minute; they count when their thread is deleted, too.
create table "sentMessage" (
    "userId" text not null references "user" ("id") on delete cascade,
    "createdAt" timestamptz not null
);
create index "sentMessage_userId_createdAt_idx" on "sentMessage" ("userId", "createdAt");
