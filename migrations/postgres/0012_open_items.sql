-- What a run had begun and not completed when it last stored something: a crash leaves it open.

-- The ids of items, as a JSON list; null for runs of old.
alter table "run" add column "openItems" jsonb;
