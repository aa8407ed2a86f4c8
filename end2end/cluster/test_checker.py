"""The checker itself: each assertion passes on a good history, and fails on one that breaks it. No server runs."""

from collections.abc import Callable

import pytest

from checker import ASSERTIONS, check
from history import (
    NEVER,
    Call,
    Connection,
    Event,
    Fault,
    History,
    Mail,
    ModelRequest,
    Reader,
    RunChange,
    Stored,
    StoredItem,
    StoredRun,
    Tab,
)
from times import Times
from word_model import truth, words

QUESTION, OTHER = "Question q1", "Question q2"
WHOLE = truth(QUESTION)
HALF = "".join(words(OTHER)[:2])


def answer(run_id: str, item_id: str, question: str, texts: list[str], begun: float) -> list[Event]:
    """The events of a stream, one each 10 ms: the message, the item, and its text."""
    thread = {"id": "thr_1", "metadata": {"colloquy": {"run": {"id": run_id}}}}
    bodies = [
        {"type": "thread.updated", "thread": thread},
        {"type": "thread.item.added", "item": {"type": "assistant_message", "id": item_id, "content": []}},
        *(delta(item_id, text) for text in texts),
    ]
    return [Event(begun + n / 100, n, body) for n, body in enumerate(bodies, 1)]


def delta(item_id: str, text: str) -> dict:
    update = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text}
    return {"type": "thread.item.updated", "item_id": item_id, "update": update}


def done(number: int | None, at: float, item_id: str, text: str, kind: str = "thread.item.done", **marks) -> Event:
    content = [{"type": "output_text", "text": text}]
    item = {"type": "assistant_message", "id": item_id, "content": content, "colloquy": marks}
    return Event(at, number, {"type": kind, "item": item})


def good() -> History:
    """An answer that completed, one that was stopped, a thread that was deleted, and a session that ended."""
    whole = answer("run_1", "msg_a1", QUESTION, words(QUESTION), 100.1)
    whole.append(done(len(whole) + 1, 102, "msg_a1", WHOLE))
    stopped = answer("run_2", "msg_a2", OTHER, words(OTHER)[:2], 110.1)
    stopped.append(done(len(stopped) + 1, 111, "msg_a2", HALF, interrupted=True, stopped=True))
    elsewhere = done(None, 111.5, "msg_a2", HALF, "thread.item.replaced", interrupted=True, stopped=True)
    n_other = len(HALF)
    return History(
        times=Times(factor=1),
        calls=[
            Call("ada", "send", 100, 100.1, "a", 200, key="k1", run_id="run_1", thread_id="thr_1", question=QUESTION),
            Call("ada", "send", 110, 110.1, "b", 200, key="k2", run_id="run_2", thread_id="thr_1", question=OTHER),
            Call("ada", "stop", 110.5, 111, "c", 200, run_id="run_2", thread_id="thr_1"),
            Call("ada", "delete", 120, 120.1, "a", 200, thread_id="thr_gone"),
            Call("ada", "thread", 120.2, 120.3, "b", 404, thread_id="thr_gone", after="delete"),
            Call("ada", "run", 120.2, 120.3, "b", 200, thread_id="thr_gone", run_id="run_gone", after="delete"),
            Call("ada", "run", 121.2, 121.3, "b", 404, thread_id="thr_gone", run_id="run_gone", after="delete"),
            Call("ada", "sign-out", 130, 130.1, "a", 200, session=1),
            Call("ada", "list", 130.2, 130.3, "c", 401, session=1, after="sign-out"),
            *(Call("ada", "burst", 140 + n / 10, 140.05 + n / 10, "a", 200 if n < 3 else 429) for n in range(20)),
            Call("ada", "page", 150, 150.1, "a", 200),
            Call("ada", "mail", 151, 151.1, "a", 200),
        ],
        readers=[
            reader("k1", QUESTION, Connection(100, 102.1, "a", "POST", status=200, end="ended", events=whole)),
            reader("k2", OTHER, Connection(110, 111.1, "b", "POST", status=200, end="ended", events=stopped)),
            reader("", OTHER, Connection(111.2, 111.6, "c", status=200, end="ended", events=[elsewhere]), "run_2"),
            Reader("ada", "feed", connections=[Connection(99, 130.5, "b", session=1, status=200, end="ended")]),
        ],
        requests=[
            ModelRequest(QUESTION, 100.1, 102, "whole", [(101.9, len(WHOLE))]),
            ModelRequest(OTHER, 110.1, 111, "hung up", [(110.2, n_other)]),
        ],
        tabs=[Tab("ada", {"thr_1": "Title"}, {"thr_1": "Title"})],
        stored=Stored(
            threads={"thr_1"},
            runs=[
                StoredRun("run_1", "thr_1", "msg_q1", "msg_a1", "k1", "completed", 100, 102),
                StoredRun("run_2", "thr_1", "msg_q2", "msg_a2", "k2", "stopped", 110, 111),
            ],
            items=[
                StoredItem("msg_q1", "thr_1", "user_message", None, QUESTION),
                StoredItem("msg_a1", "thr_1", "assistant_message", "msg_q1", WHOLE),
                StoredItem("msg_q2", "thr_1", "user_message", None, OTHER),
                StoredItem(
                    "msg_a2", "thr_1", "assistant_message", "msg_q2", HALF, {"interrupted": True, "stopped": True}
                ),
            ],
            changes=[
                RunChange(1, "run_1", "thr_1", "running"),
                RunChange(2, "run_1", "thr_1", "completed"),
                RunChange(3, "run_2", "thr_1", "running"),
                RunChange(4, "run_2", "thr_1", "stopped"),
            ],
            mails=[Mail("<1@example.com>", "ada@example.com")],
        ),
    )


def reader(key: str, question: str, connection: Connection, run_id: str = "") -> Reader:
    return Reader("ada", "run", question, key, run_id, "thr_1", [connection], "ended")


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


@pytest.mark.parametrize("name", ASSERTIONS)
def test_a_good_history_passes(name: str) -> None:
    assert list(ASSERTIONS[name](good())) == []


@pytest.mark.parametrize(("clause", "break_it"), BREACHES, ids=[f"{n}-{it[0]}" for n, it in enumerate(BREACHES)])
def test_a_broken_history_fails(clause: str, break_it: Callable[[History], object]) -> None:
    history = good()
    break_it(history)
    assert clause in {it.clause for it in check(history, [clause.split(".")[0]])}


def test_each_assertion_can_fail() -> None:
    assert {clause.split(".")[0] for clause, _ in BREACHES} == set(ASSERTIONS)


def passes(name: str, change: Callable[[History], object]) -> None:
    history = good()
    change(history)
    assert check(history, [name]) == []


def test_a_kill_may_lose_the_last_tenth_of_a_second_of_its_own_answers() -> None:
    last = "".join(words(QUESTION)[:-1])
    passes("A4", lambda it: loses(it, last, events(it, 0)[-2].at + 0.05))


def test_a_kill_after_an_outage_may_lose_the_last_tenth_of_a_second_before_it() -> None:
    passes("A4", lambda it: loses_after(it, away_after_s=0.05))


def test_a_kill_explains_the_interruption_of_its_own_answers() -> None:
    passes("A12", lambda it: (interrupts(it, WHOLE), kills(it, "a", 101)))


def test_deadlines_wait_for_postgresql() -> None:
    passes(
        "A5",
        lambda it: (
            set_to(it.readers[0].connections[0], ended=112),
            it.faults.append(Fault("away", "postgres", 101, 110)),
        ),
    )


def test_a_snapshot_with_a_number_may_stand_between() -> None:
    def reads_on_elsewhere(history: History) -> None:
        first = history.readers[0].connections[0]
        rest = first.events[-1]
        first.events, first.end, first.ended = first.events[:4], "cut", 100.2
        n_told = rest.number - 1
        snapshot = done(n_told, 100.3, "msg_a1", WHOLE, "thread.item.replaced")
        second = Connection(100.2, 102.1, "b", after=4, status=200, end="ended", events=[snapshot, rest])
        history.readers[0].connections.append(second)

    passes("A3", reads_on_elsewhere)


def test_a_snapshot_in_place_of_a_lost_copy_may_hold_one_event_more() -> None:
    def falls_back(history: History) -> None:
        history.has_redis = True
        log = history.readers[0].connections[0]
        rest = log.events[-1]
        log.events = log.events[:4]
        n_told = log.events[-1].number
        snapshot = done(n_told + 1, 100.3, "msg_a1", WHOLE[:9], "thread.item.replaced")
        delta = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": WHOLE[9:]}
        update = {"type": "thread.item.updated", "item_id": "msg_a1", "update": delta}
        log.events += [snapshot, Event(100.4, rest.number - 1, update), rest]

    passes("A3", falls_back)


def test_the_changes_of_a_snapshot_may_skip_numbers() -> None:
    def reads_on_elsewhere(history: History) -> None:
        first = history.readers[0].connections[0]
        rest = first.events[-1]
        first.events, first.end, first.ended = first.events[:4], "cut", 100.2
        snapshot = done(5, 100.3, "msg_a1", WHOLE[:9], "thread.item.replaced")
        delta = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": WHOLE[9:]}
        update = {"type": "thread.item.updated", "item_id": "msg_a1", "update": delta}
        second = Connection(100.2, 101, "b", after=4, status=200, end="cut")
        second.events = [snapshot, Event(100.4, rest.number - 1, update)]
        third = Connection(101, 102.1, "a", after=rest.number - 1, status=200, end="ended", events=[rest])
        history.readers[0].connections += [second, third]

    passes("A3", reads_on_elsewhere)


def test_postgresql_may_be_away_with_503_and_a_time_to_wait() -> None:
    passes(
        "A12",
        lambda it: (
            set_to(call(it, "page"), status=503, retry_after="1"),
            it.faults.append(Fault("away", "postgres", 149, 151)),
        ),
    )


def test_an_own_deletion_or_sign_out_explains_a_refusal() -> None:
    passes("A12", lambda it: it.calls.append(Call("ada", "look", 120, 120.5, "c", 404, thread_id="thr_gone")))
    passes("A12", lambda it: it.calls.append(Call("ada", "look", 130, 130.5, "c", 401, session=1)))


def test_a_crash_may_send_a_mail_again() -> None:
    passes("A13", lambda it: (kills(it, "a", 151), it.stored.mails.append(it.stored.mails[0])))
