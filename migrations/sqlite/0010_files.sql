-- Files that go with messages.

create table "attachment" (
    -- atc_…
    "id" text not null primary key,
    "userId" text not null references "user" ("id") on delete cascade,
    -- The thread that it was sent to; none until then.
    "threadId" text references "thread" ("id") on delete cascade,
    -- What the user calls the file; it is never a name in the store.
    "name" text not null,
    -- The media type, without parameters; the file's first bytes do not speak against it.
    "mimeType" text not null,
    -- In bytes.
    "size" integer not null,
    "createdAt" date not null,
    "updatedAt" date not null
);

create index "attachment_userId_idx" on "attachment" ("userId");
create index "attachment_threadId_idx" on "attachment" ("threadId");
-- The sweep looks for what was never sent.
create index "attachment_createdAt_unsent_idx" on "attachment" ("createdAt") where "threadId" is null;

-- What the store holds: a row is written before its file and deleted after it, so that none is forgotten.
create table "file" (
    -- Random.
    "name" text not null primary key,
    -- None while the file is being written, and when the attachment is gone.
    "attachmentId" text references "attachment" ("id") on delete set null,
    -- original, or preview
    "kind" text not null,
    "mimeType" text not null,
    -- In bytes; none until the file is whole.
    "size" integer,
    "createdAt" date not null
);

create unique index "file_attachmentId_kind_key" on "file" ("attachmentId", "kind");
-- The sweep looks for files without an attachment.
create index "file_createdAt_detached_idx" on "file" ("createdAt") where "attachmentId" is null;
