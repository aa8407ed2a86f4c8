-- Keys that sign tokens: the table of Better Auth's jwt plugin (1.7.25). A table that an older version made lacks
-- columns; those are added when the database is opened.

create table if not exists "jwks" (
    -- `kid` of the tokens that the key signs.
    "id" text not null primary key,
    -- The public key as a JWK.
    "publicKey" text not null,
    -- The private key as a JWK; encrypted, it is a JSON string.
    "privateKey" text not null,
    "createdAt" date not null,
    -- When the key signs no longer; null: it is never replaced.
    "expiresAt" date,
    "alg" text,
    "crv" text
);
