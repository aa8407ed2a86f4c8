-- Rate limits: Better Auth's own table (1.7.25), and what the sweep looks for.

create table if not exists "rateLimit" (
    "id" text not null primary key,
    -- The client's address, `|`, and the path.
    "key" text not null unique,
    -- Requests that were allowed, each within the window since the one before it.
    "count" integer not null,
    -- Milliseconds since the epoch.
    "lastRequest" bigint not null
);

-- Tables of Better Auth 1.2 and 1.3 lack the constraint, and may hold a key twice; what they count is seconds old.
delete from "rateLimit";
create unique index if not exists "rateLimit_key_key" on "rateLimit" ("key");

create index if not exists "session_expiresAt_idx" on "session" ("expiresAt");
create index if not exists "verification_expiresAt_idx" on "verification" ("expiresAt");
