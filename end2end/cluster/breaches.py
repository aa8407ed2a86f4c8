"""Breaches of the assertions: each changes a good history, and names the clause that it breaks."""

from collections.abc import Callable

from good_history import HALF, QUESTION, WHOLE, done
from history import NEVER, Call, Connection, Event, Fault, History, Mail, StoredRun
from word_model import words


def call(history: History, kind: str, after: str = "") -> Call:
    return next(it for it in history.calls if it.kind == kind and it.after == after)


def events(history: History, n_reader: int) -> list[Event]:
    return history.readers[n_reader].connections[-1].events


def kills(history: History, server: str, at: float) -> None:
    history.faults.append(Fault("kill", server, at, at + 1))


def interrupts(history: History, text: str) -> None:
    """The first answer ends early."""
    history.stored.runs[0].status = "interrupted"
    history.stored.items[1].text = text
    history.requests[0].end = "hung up"


def loses(history: History, text: str, killed_at: float) -> None:
    interrupts(history, text)
    kills(history, "a", killed_at)
    del events(history, 0)[-1]


def loses_after(history: History, away_after_s: float) -> None:
    """PostgreSQL is away for a second, so long after the last word was told. Then its server dies, and the word is lost."""
    told = events(history, 0)[-2].at
    history.faults.append(Fault("away", "postgres", told + away_after_s, told + away_after_s + 0.9))
    loses(history, "".join(words(QUESTION)[:-1]), told + 1.5)


def repeats(history: History) -> None:
    """A reader goes to another server, gets a snapshot, and returns to the number that it had before."""
    first = history.readers[0].connections[0]
    early, late = first.events[:5], first.events[5:]
    first.events, first.end, first.ended = early, "left", 100.2
    elsewhere = done(None, 100.3, "msg_a1", "".join(words(QUESTION)), "thread.item.replaced")
    history.readers[0].connections += [
        Connection(100.2, 100.4, "b", status=200, end="left", events=[elsewhere]),
        Connection(100.4, 102.1, "a", status=200, end="ended", events=late),
    ]


def skips(history: History) -> None:
    """A reader goes to another server, whose snapshot has the number of the update after it."""
    first = history.readers[0].connections[0]
    early, late = first.events[:5], first.events[5:]
    first.events, first.end, first.ended = early, "left", 100.2
    text = "".join(words(QUESTION)[:3])
    snapshot = done(early[-1].number + 1, 100.3, "msg_a1", text, "thread.item.replaced")
    second = Connection(100.2, 102.1, "b", after=5, status=200, end="ended", events=[snapshot, *late[1:]])
    history.readers[0].connections.append(second)


def skips_in_a_log(history: History) -> None:
    """An event is lost after one that a snapshot could hold as well."""
    log = events(history, 0)
    removed = Event(log[3].at, log[3].number + 1, {"type": "thread.item.removed", "item_id": "msg_gone"})
    for event in log[4:]:
        event.number += 2
    log.insert(4, removed)


def set_to(target: object, **fields) -> None:
    for name, value in fields.items():
        setattr(target, name, value)


BREACHES: list[tuple[str, Callable[[History], object]]] = [
    ("A1.message", lambda it: it.stored.items.append(it.stored.items[0])),
    ("A1.message", lambda it: it.stored.items.pop(0)),
    ("A1.run", lambda it: it.stored.runs.append(StoredRun("run_3", "thr_1", "msg_q1", None, "k1", "completed", 1, 2))),
    (
        "A1.answer",
        lambda it: it.calls.append(
            Call("ada", "send", 100, 101, "b", 200, key="k1", run_id="run_9", question=QUESTION)
        ),
    ),
    ("A1.file", lambda it: it.calls.append(Call("ada", "fetch", 1, 2, "b", 200, note="other contents"))),
    ("A2.prefix", lambda it: set_to(it.stored.items[3], text="another text")),
    ("A2.whole", lambda it: set_to(it.stored.items[1], text=WHOLE[:-3])),
    ("A2.whole", lambda it: set_to(it.stored.items[1], marks={"interrupted": True})),
    ("A2.running", lambda it: set_to(it.stored.runs[0], status="running")),
    ("A3.numbers", lambda it: events(it, 0).pop(3)),
    ("A3.numbers", lambda it: events(it, 0).insert(3, events(it, 0)[2])),
    ("A3.numbers", lambda it: set_to(events(it, 0)[4], number=None)),
    ("A3.numbers", skips_in_a_log),
    ("A3.prefix", lambda it: events(it, 0)[3].body["update"].update(delta="another ")),
    ("A3.prefix", repeats),
    ("A3.prefix", skips),
    ("A3.shrinks", lambda it: events(it, 0).append(done(None, 102, "msg_a1", WHOLE[:-3], "thread.item.replaced"))),
    (
        "A3.shrinks",
        lambda it: (
            loses(it, WHOLE[:4], 103)
            or events(it, 0).append(done(None, 102, "msg_a1", WHOLE[:4], "thread.item.replaced"))
        ),
    ),
    ("A4.lost", lambda it: loses(it, WHOLE[:-9], 102.5)),
    ("A4.lost", lambda it: interrupts(it, WHOLE[:-9])),
    ("A4.lost", lambda it: loses_after(it, away_after_s=0.3)),
    ("A4.lost", lambda it: loses_after(it, away_after_s=-1)),
    ("A4.stopped", lambda it: set_to(it.stored.items[3], text=HALF[:-3])),
    ("A5.completion", lambda it: set_to(it.readers[0].connections[0], ended=103.5)),
    ("A5.completion", lambda it: set_to(it.readers[0], end="lost")),
    ("A5.stop", lambda it: set_to(it.readers[1].connections[0], ended=114)),
    ("A5.death", lambda it: loses(it, WHOLE, 101) or set_to(it.readers[0].connections[0], ended=130)),
    ("A5.error", lambda it: events(it, 0).append(Event(102, None, {"type": "error", "message": "No."}))),
    ("A5.whole", lambda it: (events(it, 0).pop(), events(it, 0).pop())),
    ("A6.two runs", lambda it: set_to(it.stored.changes[1], number=9)),
    ("A7.model closed", lambda it: set_to(it.requests[1], ended=113)),
    ("A7.model closed", lambda it: set_to(it.requests[1], ended=NEVER)),
    ("A7.grows", lambda it: set_to(it.requests[1], sent=[(110.2, 3), (113, len(HALF))])),
    ("A7.status", lambda it: set_to(it.stored.runs[1], status="interrupted", updated=112)),
    ("A7.mark", lambda it: set_to(it.stored.items[3], marks={"interrupted": True})),
    ("A7.told", lambda it: set_to(events(it, 2)[0], body=done(None, 1, "msg_a2", HALF, interrupted=True).body)),
    ("A7.told", lambda it: events(it, 1).append(Event(111, None, {"type": "error", "message": "It was interrupted."}))),
    ("A8.refused", lambda it: set_to(call(it, "list", "sign-out"), status=200)),
    ("A8.stream", lambda it: set_to(it.readers[3].connections[0], ended=132)),
    ("A9.thread", lambda it: set_to(call(it, "thread", "delete"), status=200)),
    ("A9.run", lambda it: set_to(call(it, "run", "delete"), begun=121.2)),
    ("A9.copy", lambda it: it.copies.append("colloquy:1:{run_gone}:log")),
    ("A10.threads", lambda it: it.tabs[0].folded.update(thr_1="An older title")),
    ("A10.threads", lambda it: it.tabs[0].folded.clear()),
    ("A10.running", lambda it: it.tabs[0].running.append("run_1")),
    ("A11.number", lambda it: set_to(it.calls[-4], status=200)),
    ("A11.status", lambda it: set_to(it.calls[-4], status=500)),
    ("A12.status", lambda it: set_to(call(it, "page"), status=500)),
    ("A12.503", lambda it: set_to(call(it, "page"), status=503, retry_after="1")),
    (
        "A12.503",
        lambda it: (set_to(call(it, "page"), status=503), it.faults.append(Fault("away", "postgres", 149, 151))),
    ),
    (
        "A12.503",
        lambda it: (
            set_to(call(it, "page"), status=503, retry_after="1"),
            it.faults.append(Fault("empty", "redis", 149, 151)),
        ),
    ),
    ("A12.unanswered", lambda it: set_to(call(it, "page"), status=0)),
    ("A12.balancer", lambda it: set_to(call(it, "page"), status=503, server="")),
    ("A12.page", lambda it: it.calls.append(Call("ada", "asset", 150, 150.1, "b", 404, note="/pkg/old.css"))),
    ("A12.refused", lambda it: it.calls.append(Call("ada", "rename", 150, 150.1, "b", 404, thread_id="thr_1"))),
    ("A12.interrupted", lambda it: (interrupts(it, WHOLE), it.faults.append(Fault("away", "postgres", 101, 101.5)))),
    ("A12.interrupted", lambda it: (interrupts(it, WHOLE), kills(it, "b", 101))),
    ("A12.drained", lambda it: (interrupts(it, WHOLE), it.faults.append(Fault("stop", "a", 101, 103)))),
    ("A13.number", lambda it: it.stored.mails.clear()),
    ("A13.number", lambda it: it.stored.mails.append(Mail("<2@example.com>", "ada@example.com"))),
    ("A13.again", lambda it: it.stored.mails.append(it.stored.mails[0])),
    ("A14.follower", lambda it: it.followed.append("colloquy:1:{run_1}:live")),
]
