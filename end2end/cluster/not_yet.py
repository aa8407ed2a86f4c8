"""Clauses of assertions that servers are not known to keep always, each with the reason.

This is the one place for them. The suite says which assertions were kept all the same: their clauses are taken out once
that is always so.
"""

UNPROVEN = "their causes are mended, and runs of ninety seconds keep them; an hour of random faults is to show it"

NOT_YET: dict[str, str] = {
    "A4.lost": UNPROVEN,
    "A5.error": UNPROVEN,
    "A5.whole": UNPROVEN,
    "A7.told": UNPROVEN,
    "A12.status": UNPROVEN,
    "A12.interrupted": UNPROVEN,
    "A12.failed": UNPROVEN,
}
