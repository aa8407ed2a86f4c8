-- When each session was last used: Better Auth's own `updatedAt` moves once a day.

create table "sessionSeen" (
    "sessionId" text not null primary key references "session" ("id") on delete cascade,
    "seenAt" date not null
);
