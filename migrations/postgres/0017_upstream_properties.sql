-- What another ChatKit server says of a thread for clients is named after the type that it is read into.

alter table "thread" rename column "told" to "upstreamProperties";
