-- Who signed up first, where only the first user may.

create table "firstUser" (
    -- There is one place.
    "place" integer not null primary key check ("place" = 1),
    "userId" text not null,
    "createdAt" timestamptz not null
);
