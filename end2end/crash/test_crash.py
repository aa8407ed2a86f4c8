"""The server is killed at random moments while it answers; what a reader had received is compared with what is stored.

KILLS says how often (20, half of them on PostgreSQL), SEED makes the moments those of an earlier run.

What may be lost is what was told in the last tenth of a second. Both moments are this process's: when `kill -9` was
called, and when a part of the answer arrived here, which is after the server told it. So whatever had arrived 100 ms
before the kill must be stored. Nothing is allowed on top of that, neither for writing nor for the way to the reader.
"""

import os
import random
import tempfile
import time
from collections.abc import Iterator

import httpx
import pytest

from house import House, Reader, message, sent, text_of

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("SEED", str(random.randrange(2**32))))
LOST_S = 0.1
# How many answers are being written when one kill meets them all.
AT_ONCE = 50
# Slow, of a model's pace, and as fast as it goes.
MESSAGES = ["/slow 100", "How are you?", "/long 20000"]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    print(f"SEED={SEED}")
    with tempfile.TemporaryDirectory(prefix="colloquy-") as data:
        house = House(data, request.param)
        # What the kills have left, for the last test.
        house.threads_left = []
        yield house
        house.kill()


@pytest.mark.parametrize("n", range(KILLS // 2))
def test_nothing_is_lost_but_a_moment(house: House, n: int) -> None:
    dice = random.Random(f"{SEED} {house.engine} {n}")
    before = house.threads()
    # Every fourth crash comes before the answer, perhaps before the message is stored.
    is_early, patience = n % 4 == 3, dice.uniform(0, 0.02) if n % 4 == 3 else dice.uniform(0, 1.5)
    request = sent(MESSAGES[n % len(MESSAGES)])
    reader = Reader(house, request)
    reader.start()
    if not is_early:
        assert reader.answering.wait(10)
    time.sleep(patience)
    killed_at = house.kill()
    reader.join(10)
    assert not reader.is_alive()
    house.start()

    if reader.events:
        compare(house, reader, killed_at)
    else:
        # The client does not know whether its message arrived, and sends it again.
        again = Reader(house, request | {"params": {"input": message("/long 3")}})
        try:
            again.run()
        except httpx.HTTPStatusError as refused:
            # It had arrived, and its key takes no other message.
            assert refused.response.json()["code"] == "key_reused"
            again = Reader(house, request)
            again.run()
        reader.events = again.events
    items = house.items(reader.thread_id)
    assert [item["type"] for item in items].count("user_message") == 1
    assert house.threads() - before == {reader.thread_id}
    house.threads_left.append(reader)


def test_of_many_answers_at_once_nothing_is_lost_but_a_moment(house: House) -> None:
    readers = [Reader(house, sent(MESSAGES[n % 2])) for n in range(AT_ONCE)]
    for reader in readers:
        reader.start()
    for reader in readers:
        assert reader.answering.wait(20)
    time.sleep(random.Random(SEED).uniform(0.5, 1))
    killed_at = house.kill()
    for reader in readers:
        reader.join(10)
    house.start()
    for reader in readers:
        compare(house, reader, killed_at)
    house.threads_left += readers[:2]


def compare(house: House, reader: Reader, killed_at: float) -> None:
    """Compares what a reader had received with what is stored."""
    items = house.items(reader.thread_id)
    assert items[-1]["type"] == "user_message"
    assert text_of(items[-1]) == reader.request["params"]["input"]["content"][0]["text"]
    stored = text_of(items[0]) if len(items) == 2 else ""
    received = reader.text()
    assert stored.startswith(received) or received.startswith(stored), "what is stored is not what was sent"
    lost_s = reader.age_of_lost(stored, killed_at)
    print(f"{house.engine}: {len(received)} characters received, {len(stored)} stored; lost: {lost_s * 1000:.1f} ms")
    assert lost_s <= LOST_S, "text is lost"


def test_what_was_left_is_closed_and_the_conversations_go_on(house: House) -> None:
    for reader in house.threads_left:
        items = house.closed_items(reader.thread_id)
        if len(items) == 2:
            is_complete = any(it["type"] == "thread.item.done" and it["item"] == items[0] for it in reader.events)
            assert is_complete or items[0]["colloquy"] == {"interrupted": True}
        go_on(house, reader.thread_id)


def go_on(house: House, thread_id: str) -> None:
    """The conversation goes on after a crash, and what was said in it is answered again."""
    answer(house, "threads.add_user_message", thread_id=thread_id, input=message("/long 3"))
    question = house.closed_items(thread_id)[1]
    answer(house, "threads.retry_after_item", thread_id=thread_id, item_id=question["id"])


def answer(house: House, kind: str, **params) -> None:
    reader = Reader(house, {"type": kind, "params": params})
    reader.run()
    assert text_of(reader.events[-1]["item"]) == "w0 w1 w2 "
