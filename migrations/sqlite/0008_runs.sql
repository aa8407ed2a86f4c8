-- Runs that are found again: by the user whose threads are shown, and by the key that a client sent.

-- The message that the run answers.
alter table "run" add column "questionId" text;
-- The client's name for what it sent: sent again, the same run answers.
alter table "run" add column "key" text;

create index "run_userId_running_idx" on "run" ("userId") where "status" = 'running';
create unique index "run_userId_key_key" on "run" ("userId", "key") where "key" is not null;
