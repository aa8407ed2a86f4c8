"""Assertions over answers to requests, and over what is left on Redis: A8, A9, A11, A12 and A14."""

from collections.abc import Iterator
from itertools import groupby

from history import Call, History, Reader
from violation import Violation

# Refusals by design: a busy thread, and a limit.
DESIGNED = (409, 429)


def is_served(call: Call) -> bool:
    """True if an answer came that tells something: not from a server that is being harmed, nor without its database."""
    return call.status not in (0, 500, 502, 503, 504)


def a8_signed_out_is_signed_out(history: History) -> Iterator[Violation]:
    """After an answered sign-out every server refuses the session at once, and its streams end."""
    for call in history.calls:
        if call.after == "sign-out" and is_served(call) and call.status != 401:
            yield Violation("A8.refused", f"{call.server} answered {call.status} to a session that had ended")
    for out in (it for it in history.calls if it.kind == "sign-out" and it.is_done):
        due = history.due(out.ended, history.times.deadline(history.times.signed_out_s))
        if history.faults_between(out.ended, due, postgres=False):
            continue
        for reader in (it for it in history.readers if it.user == out.user):
            yield from streams_after(reader, out, due)


def streams_after(reader: Reader, out: Call, due: float) -> Iterator[Violation]:
    for connection in reader.connections:
        if connection.session == out.session and connection.begun < out.ended and connection.ended > due:
            late = connection.ended - out.ended
            yield Violation(
                "A8.stream",
                f"a {reader.kind} of {reader.user} at {connection.server} ended {late:.2f} s "
                f"after the sign-out at {out.server}",
            )


def a9_deleted_is_deleted(history: History) -> Iterator[Violation]:
    """After an answered deletion every server denies the thread and its files at once, and its runs soon."""
    for call in history.calls:
        # Who has signed out meanwhile is denied, too.
        if call.after == "delete" and is_served(call) and call.status not in (401, 404):
            deletions = [
                it for it in history.calls if it.kind == "delete" and it.thread_id == call.thread_id and it.is_done
            ]
            due = history.due(min(it.ended for it in deletions), history.times.deadline(history.times.deleted_s))
            if call.kind == "run" and call.begun < due:
                continue
            at = [it.server for it in deletions]
            yield Violation(
                f"A9.{call.kind}",
                f"{call.server} answered {call.status} to {call.run_id or call.thread_id}, "
                f"which had been deleted at {', '.join(at)}",
            )


    known = [it for it in [*history.calls, *history.readers] if it.run_id and history.is_deleted(it.thread_id)]
    for key in history.copies:
        for thread_id in {it.thread_id for it in known if it.run_id in key}:
            yield Violation("A9.copy", f"Redis has {key} of {thread_id}, which was deleted")


def a14_nothing_is_left(history: History) -> Iterator[Violation]:
    """No server listens to an answer that has ended."""
    for channel in history.followed:
        yield Violation("A14.follower", f"{channel} has listeners after all answers have ended")


def a11_sign_ins_are_limited(history: History) -> Iterator[Violation]:
    """Of 20 sign-ins in 10 s from one address, 3 get through, whatever servers get them."""
    burst = [it for it in history.calls if it.kind == "burst"]
    if not burst:
        return
    n_done = sum(it.is_done for it in burst)
    if n_done != 3 and burst[-1].ended - burst[0].begun < 10:
        yield Violation("A11.number", f"{n_done} of {len(burst)} sign-ins got through")
    if others := sorted({it.status for it in burst} - {200, 429}):
        yield Violation("A11.status", f"sign-ins were answered {others}")


def a12_faults_are_bearable(history: History) -> Iterator[Violation]:
    """Faults of PostgreSQL show as 503 with Retry-After, those of servers as a moment's silence. No answer is cut."""
    for call in history.calls:
        # A client that leaves before the answer has none.
        if call.kind != "burst" and call.note != "left":
            yield from status(history, call)
    yield from interrupted(history)


def status(history: History, call: Call) -> Iterator[Violation]:
    postgres = history.faults_between(call.begun, call.ended, postgres=True)
    servers = history.faults_between(call.begun - history.times.balancer_s, call.ended, postgres=False)
    what = f"{call.kind} of {call.user}"
    during = f"during {', '.join(f'{it.kind} {it.target}' for it in [*postgres, *servers]) or 'no fault'}"
    if call.status == 0:
        if not servers:
            clause = "A12.unanswered"
            yield Violation(clause, f"{what} got no answer in {call.ended - call.begun:.1f} s {during} {call.note}")
    elif call.status >= 500 and not call.server:
        # The balancer itself says that it knows no server, or that one hung up.
        is_asked_again = postgres and call.status == 503 and call.retry_after
        if not servers and not is_asked_again:
            yield Violation("A12.balancer", f"{what} was answered {call.status} by the balancer {during}")
    elif call.status >= 500 and (call.status != 503 or not call.retry_after or not (postgres or servers)):
        kind = "A12.503" if call.status == 503 else "A12.status"
        retry = f" with retry-after {call.retry_after!r}"
        yield Violation(kind, f"{what} was answered {call.status}{retry} by {call.server} {during}")
    elif call.kind in ("page", "asset") and call.status not in (200, 503):
        yield Violation("A12.page", f"{what} {call.note} was answered {call.status} by {call.server} {during}")
    elif 400 <= call.status < 500 and call.status not in DESIGNED and not is_explained(history, call):
        yield Violation("A12.refused", f"{what} was answered {call.status} by {call.server} {during}")


def is_explained(history: History, call: Call) -> bool:
    """True if a refusal follows from what the user did meanwhile. A8 and A9 examine refusals themselves."""
    if call.after in ("sign-out", "delete"):
        return True
    if call.status == 404:
        return history.is_deleted(call.thread_id, by=call.ended)
    outs = [it for it in history.calls if it.kind == "sign-out" and it.user == call.user and it.session == call.session]
    return call.status == 401 and any(it.begun <= call.ended for it in outs)


def interrupted(history: History) -> Iterator[Violation]:
    """No answer is interrupted but by the death or the freeze of its server."""
    for run in history.stored.runs:
        if run.status not in ("interrupted", "failed") or history.is_deleted(run.thread_id):
            continue
        servers = history.servers_of(run)
        near = [it for it in history.faults if it.begun <= run.updated and run.begun <= history.over(it)]
        if not history.deaths_of(run):
            kinds = [f"{kind} {target}" for (kind, target), _ in groupby(near, lambda it: (it.kind, it.target))]
            clause = "A12.drained" if any(it.kind == "stop" for it in near) else f"A12.{run.status}"
            yield Violation(
                clause,
                f"{run.id}, written by {' or '.join(sorted(servers)) or '?'}, is {run.status}; "
                f"meanwhile: {', '.join(kinds) or 'no fault'}",
            )
