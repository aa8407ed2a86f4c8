-- Keys that sign tokens: the table of Better Auth's jwt plugin (1.7.25).

create table if not exists "jwks" (
    -- `kid` of the tokens that the key signs.
    "id" text not null primary key,
    -- The public key as a JWK.
    "publicKey" text not null,
    -- The private key as a JWK; encrypted, it is a JSON string.
    "privateKey" text not null,
    "createdAt" timestamptz not null,
    -- When the key signs no longer; null: it is never replaced.
    "expiresAt" timestamptz,
    "alg" text,
    "crv" text
);

-- Made by an older version (1.3 had none of these, 1.4 to 1.6 the first).
alter table "jwks" add column if not exists "expiresAt" timestamptz;
alter table "jwks" add column if not exists "alg" text;
alter table "jwks" add column if not exists "crv" text;
