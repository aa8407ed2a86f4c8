"""What the death of a server may take of an answer: the last tenth of a second that it told."""

from fold import longest_texts
from history import NEVER, History, Reader, StoredRun


def kept_until(history: History, reader: Reader, run: StoredRun) -> float:
    """The moment until which what a reader had seen is stored, whatever died.

    While PostgreSQL is away an answer pauses. A death before the answer goes on takes what was told last before the pause.
    """
    deaths = history.deaths_of(run)
    if not deaths:
        return NEVER
    died, lost_s = deaths[0].begun, history.times.lost_s
    until = died - lost_s
    outages = [it for it in history.faults if it.is_postgres and it.begun < died <= history.over(it)]
    for outage in sorted(outages, key=lambda it: it.begun, reverse=True):
        # What is told in the moment in which PostgreSQL goes away is not stored either.
        paused = longest_texts(reader.connections, outage.begun + 3 * lost_s)
        if paused == longest_texts(reader.connections, max(until, outage.begun + 3 * lost_s)):
            until = min(until, outage.begun - lost_s)
    return until
