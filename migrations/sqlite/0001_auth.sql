-- Accounts and sessions: Better Auth's own tables (1.7.25), names and column types included, so that a database of
-- the real Better Auth opens as it is. Dates are ISO 8601 text with milliseconds and Z, booleans 0 and 1.

create table if not exists "user" (
    "id" text not null primary key,
    "name" text not null,
    "email" text not null unique,
    "emailVerified" integer not null,
    "image" text,
    "createdAt" date not null,
    "updatedAt" date not null
);

create table if not exists "session" (
    "id" text not null primary key,
    "expiresAt" date not null,
    -- In clear, as Better Auth stores it.
    "token" text not null unique,
    "createdAt" date not null,
    "updatedAt" date not null,
    "ipAddress" text,
    "userAgent" text,
    "userId" text not null references "user" ("id") on delete cascade
);

create table if not exists "account" (
    "id" text not null primary key,
    -- The user's id at the provider; for "credential" our own user id.
    "accountId" text not null,
    "providerId" text not null,
    "userId" text not null references "user" ("id") on delete cascade,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" date,
    "refreshTokenExpiresAt" date,
    "scope" text,
    -- argon2id in PHC form, or Better Auth's scrypt.
    "password" text,
    "createdAt" date not null,
    "updatedAt" date not null
);

create table if not exists "verification" (
    "id" text not null primary key,
    -- Not unique: the latest row wins.
    "identifier" text not null,
    "value" text not null,
    "expiresAt" date not null,
    "createdAt" date not null,
    "updatedAt" date not null
);

create index if not exists "session_userId_idx" on "session" ("userId");
create index if not exists "account_userId_idx" on "account" ("userId");
create index if not exists "verification_identifier_idx" on "verification" ("identifier");
