-- Mails that each recipient was sent of late; the limits of mails count them.

create table "mailSent" (
    -- A keyed hash of the kind of mail and of its recipient: neither an address nor a way back to one.
    "key" text not null primary key,
    -- When the last five were ordered, the latest first, in milliseconds since the epoch; 0 where there were fewer.
    "latest" integer not null,
    "second" integer not null,
    "third" integer not null,
    "fourth" integer not null,
    "fifth" integer not null
);

create index "mailSent_latest_idx" on "mailSent" ("latest");
