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

create index if not exists "session_expiresAt_idx" on "session" ("expiresAt");
create index if not exists "verification_expiresAt_idx" on "verification" ("expiresAt");
