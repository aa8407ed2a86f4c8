-- Titles as leased work, so that another server takes over from one that dies or stops. Additional, so that the release
-- before can go on.

-- When another server may take over the generation of the title; null unless one is to be generated.
alter table "thread" add column "titleDueAt" date;
-- The title that is to be replaced. Any other title is the user's.
alter table "thread" add column "titleToReplace" text;

create index "thread_titleDueAt_idx" on "thread" ("titleDueAt") where "titleDueAt" is not null;

insert into "compatibleMigration" ("version")
values (21);
