"""The checker itself: each assertion passes on a good history, and fails on one that breaks it. No server runs."""

from collections.abc import Callable

import pytest

from breaches import BREACHES, call, events, interrupts, kills, loses, loses_after, set_to
from checker import ASSERTIONS, check
from good_history import QUESTION, WHOLE, done, good
from history import Call, Connection, Event, Fault, History
from word_model import words


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
