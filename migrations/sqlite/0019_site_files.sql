-- What servers of several releases on one database need of each other. All of it is additional.

-- Scripts and styles with a hash in their names, of all releases that ran in the last 30 days.
create table "siteFile" (
    -- The path of its URL.
    "path" text not null primary key,
    "mediaType" text not null,
    -- Either both encodings or the plain content.
    "brotli" blob,
    "gzip" blob,
    "plain" blob,
    -- When a server that has the file in its binary ran last, to the day.
    "seenAt" date not null
);

-- Migrations on which the release before them can run. A migration that ends this for older releases deletes their rows.
create table "compatibleMigration" (
    "version" bigint not null primary key
);

insert into "compatibleMigration" ("version")
values (18), (19);
