"""What the death of a server may take of an answer: the last tenth of a second that it told."""

from history import NEVER, History, StoredRun


def kept_until(history: History, run: StoredRun) -> float:
    """The moment until which what a reader had seen is stored, whatever died.

    While PostgreSQL is away an answer pauses. A death before the answer goes on takes what was told last before the pause.
    """
    deaths = history.deaths_of(run)
    if not deaths:
        return NEVER
    died, lost_s = deaths[0].begun, history.times.lost_s
    until = died - lost_s
    outages = [it for it in history.faults if it.is_postgres and it.begun < died <= history.over(it)]
    readers = [it for it in history.readers if (read := history.run_of(it)) and read.id == run.id]
    told = [event.at for reader in readers for connection in reader.connections for event in connection.events]
    for outage in sorted(outages, key=lambda it: it.begun, reverse=True):
        # What is told in the moment in which PostgreSQL goes away is not stored either.
        if not any(outage.begun + 2 * lost_s < at < died for at in told):
            until = min(until, outage.begun - lost_s)
    return until
