-- Mails that each recipient was sent of late; the limits of mails count them.

create table "mailSent" (
    -- A keyed hash of the kind of mail and of its recipient: neither an address nor a way back to one.
    "key" text not null primary key,
    -- When the last five were ordered, the latest first, in milliseconds since the epoch; 0 where there were fewer.
    "latest" bigint not null,
    "second" bigint not null,
    "third" bigint not null,
    "fourth" bigint not null,
    "fifth" bigint not null
);

create index "mailSent_latest_idx" on "mailSent" ("latest");
