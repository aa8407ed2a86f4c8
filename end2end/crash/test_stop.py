"""The server is asked to end (SIGTERM) while it answers: it waits for what ends soon, and stores the rest as it is."""

import tempfile
import time
from collections.abc import Iterator

import pytest

from house import House, Reader, sent, text_of


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="colloquy-") as data:
        house = House(data, request.param)
        yield house
        house.kill()


def test_answers_are_waited_for_and_then_stored_as_far_as_they_are(house: House) -> None:
    # One would end in time, the other goes on for twenty seconds.
    short, long = Reader(house, sent("/slow 15")), Reader(house, sent("/slow 200"))
    for reader in (short, long):
        reader.start()
        assert reader.answering.wait(10)
    time.sleep(0.5)
    house.stop()
    assert house.process.returncode == 0, "the server ends by itself, in time"
    for reader in (short, long):
        reader.join(10)
        assert not reader.is_cut, "the body ends well"

    assert short.events[-1]["type"] == "thread.item.done"
    assert text_of(short.events[-1]["item"]).split()[-1] == "w14"
    done, error = long.events[-2:]
    assert (done["type"], done["item"]["colloquy"]) == ("thread.item.done", {"interrupted": True})
    assert text_of(done["item"]) == long.text()
    assert (error["type"], error["allow_retry"]) == ("error", True)
    assert error["message"] == "The server is restarting. What was written so far is kept."

    house.start()
    items = house.items(long.thread_id)
    assert items[0] == done["item"] and "colloquy" not in house.ask("threads.get_by_id", thread_id=long.thread_id)["metadata"]
    resumed = Reader(house, None, f"/chatkit/runs/{long.run_id}")
    resumed.run()
    assert not resumed.is_cut
    assert [event["type"] for event in resumed.events] == ["thread.item.replaced", "error"]
    assert (resumed.events[0]["item"], resumed.events[1]["allow_retry"]) == (done["item"], True)
    finished = Reader(house, None, f"/chatkit/runs/{short.run_id}")
    finished.run()
    assert [event["item"] for event in finished.events] == [short.events[-1]["item"]]

    # The question is answered again; what there was of the first answer stays as a version.
    retry = {"type": "threads.retry_after_item", "params": {"thread_id": long.thread_id, "item_id": items[1]["id"]}}
    again = Reader(house, retry)
    again.start()
    assert again.answering.wait(10)
    stopped = Reader(house, sent("/long 3"))
    stopped.run()
    assert text_of(stopped.events[-1]["item"]) == "w0 w1 w2 "
    while "w3 " not in again.text():
        assert again.is_alive()
        time.sleep(0.05)
