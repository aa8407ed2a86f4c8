"""Clauses of assertions that servers do not keep yet, each with the reason.

This is the one place for them. The suite fails once no clause of an assertion is broken any more: it is taken out then.
"""

SNAPSHOT = "a snapshot has no number, so a reader that returns to the run's server is told again what it had"
OUTAGE = "after an outage of PostgreSQL, servers close each other's answers before these can renew their leases"
READING = "a reader at another server is told an error and left when PostgreSQL is away"

NOT_YET: dict[str, str] = {
    "A3.prefix": SNAPSHOT,
    "A3.shrinks": SNAPSHOT,
    "A4.lost": OUTAGE,
    "A5.error": READING,
    "A5.whole": READING,
    "A10.threads": "a feed hears its own server only",
    "A10.running": "a feed hears its own server only",
    "A12.status": "PostgreSQL's faults are answered with 500",
    "A12.503": "a server that ends refuses messages without Retry-After, while the balancer still sends them",
    "A12.drained": "a server that is asked to end waits three seconds for its answers",
    "A12.interrupted": OUTAGE,
    "A12.failed": "an answer fails at once if PostgreSQL goes away while the conversation is read",
}
