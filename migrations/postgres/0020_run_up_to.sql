-- How far the stored items of a running answer have come, so that a reader can go on in its log without a repeat or a gap.
-- Additional, so that the release before can go on.

-- The number of the last event that the items hold; null in rows of older servers.
alter table "run" add column "upTo" bigint;

insert into "compatibleMigration" ("version")
values (20);
