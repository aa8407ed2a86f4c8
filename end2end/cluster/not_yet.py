"""Clauses of assertions that servers do not keep yet, each with the reason.

This is the one place for them. The suite says which assertions were kept all the same: their clauses are taken out once
that is always so.
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
    "A7.told": READING,
    "A10.running": "a tab that turns to another server may miss the end of an answer",
    "A12.status": "some errors of a PostgreSQL that restarts are answered with 500",
    "A12.interrupted": OUTAGE,
    "A12.failed": "an answer fails at once if PostgreSQL goes away while the conversation is read",
}
