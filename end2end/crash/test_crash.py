"""The server is killed at random moments while it answers; what a reader had received is compared with what is stored.

KILLS says how often (20), SEED makes the moments those of an earlier run.
"""

import json
import os
import random
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator

import httpx
import pytest

from server import start_server

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("SEED", str(random.randrange(2**32))))
# An answer is stored every tenth of a second; that takes some time, too.
LOST_S = 0.1 + 0.15
# How soon a server that starts has closed what it was writing.
CLOSED_S = 10
# Slow, of a model's pace, and as fast as it goes.
MESSAGES = ["/slow 100", "How are you?", "/long 20000"]


class House:
    """A server that is killed and started again, always on the same data, and somebody who uses it."""

    def __init__(self, data: str) -> None:
        self.data = data
        self.cookies = httpx.Cookies()
        self.start()
        account = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"}
        self.http.post("/api/auth/sign-up/email", json=account).raise_for_status()
        self.sign_in()

    def start(self) -> None:
        self.process, url = start_server(self.data, {})
        self.http = httpx.Client(
            base_url=url, headers={"origin": url}, cookies=self.cookies, timeout=30, trust_env=False
        )
        if self.cookies:
            self.sign_in()

    def sign_in(self) -> None:
        """Fetches a token; another port is another audience."""
        token = self.http.get("/api/auth/token").raise_for_status().json()["token"]
        self.cookies = self.http.cookies
        self.http.headers["authorization"] = f"Bearer {token}"

    def kill(self) -> float:
        """Kills the server; returns when."""
        moment = time.monotonic()
        self.process.kill()
        self.process.wait()
        return moment

    def ask(self, kind: str, **params) -> dict:
        return self.http.post("/chatkit", json={"type": kind, "params": params}).raise_for_status().json()

    def thread(self, thread_id: str) -> list[dict]:
        """The items of a thread, the newest first, once nobody is writing any."""
        until = time.monotonic() + CLOSED_S
        while "colloquy" in self.ask("threads.get_by_id", thread_id=thread_id)["metadata"]:
            assert time.monotonic() < until, "the run that the crash left is not closed"
            time.sleep(0.05)
        return self.ask("items.list", thread_id=thread_id, limit=100)["data"]


class Reader(threading.Thread):
    """Sends a message and reads the answer until the connection breaks."""

    def __init__(self, house: House, request: dict) -> None:
        super().__init__(daemon=True)
        self.house, self.request = house, request
        self.events: list[dict] = []
        # What had been received of the answer, and when.
        self.texts: list[tuple[float, str]] = [(0, "")]
        self.answering = threading.Event()

    def run(self) -> None:
        try:
            with self.house.http.stream("POST", "/chatkit", json=self.request) as response:
                response.raise_for_status()
                rest = b""
                for chunk in response.iter_raw():
                    *frames, rest = (rest + chunk).split(b"\n\n")
                    self.take([json.loads(frame.split(b"data: ", 1)[1]) for frame in frames if b"data: " in frame])
        except httpx.TransportError:
            pass
        self.answering.set()

    def take(self, events: list[dict]) -> None:
        deltas = "".join(event.get("update", {}).get("delta", "") for event in events)
        self.events += events
        self.texts.append((time.monotonic(), self.texts[-1][1] + deltas))
        self.answering.set()

    def text(self, before: float) -> str:
        return [text for moment, text in self.texts if moment <= before][-1]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    print(f"SEED={SEED}")
    with tempfile.TemporaryDirectory(prefix="colloquy-") as data:
        house = House(data)
        yield house
        house.kill()


def text_of(item: dict) -> str:
    return "".join(part["text"] for part in item["content"])


def message(text: str) -> dict:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


@pytest.mark.parametrize("n", range(KILLS))
def test_nothing_is_lost_but_a_moment(house: House, n: int) -> None:
    dice = random.Random(SEED + n)
    # Every fourth crash comes before the answer, perhaps before the message is stored.
    is_early, patience = n % 4 == 3, dice.uniform(0, 0.02) if n % 4 == 3 else dice.uniform(0, 1.5)
    request = {
        "type": "threads.create",
        "params": {"input": message(MESSAGES[n % len(MESSAGES)])},
        "metadata": {"colloquy": {"resumable": True, "key": uuid.uuid4().hex}},
    }
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
        thread_id = reader.events[0]["thread"]["id"]
        compare(reader, house.thread(thread_id), killed_at)
    else:
        # The client does not know whether its message arrived, and sends it again.
        again = Reader(house, request | {"params": {"input": message("/long 3")}})
        again.run()
        thread_id = again.events[0]["thread"]["id"]
    items = house.thread(thread_id)
    assert [item["type"] for item in items].count("user_message") == 1
    go_on(house, thread_id)
    house.ask("threads.delete", thread_id=thread_id)
    assert house.ask("threads.list")["data"] == []


def compare(reader: Reader, items: list[dict], killed_at: float) -> None:
    """Compares what a reader had received with what is stored."""
    assert items[-1]["type"] == "user_message"
    assert text_of(items[-1]) == reader.request["params"]["input"]["content"][0]["text"]
    received = reader.text(killed_at + 60)
    stored = text_of(items[0]) if len(items) == 2 else ""
    assert stored.startswith(reader.text(killed_at - LOST_S)), "text is lost"
    assert stored.startswith(received) or received.startswith(stored), "what is stored is not what was sent"
    if len(items) == 2:
        is_complete = any(event["type"] == "thread.item.done" and event["item"] == items[0] for event in reader.events)
        assert is_complete or items[0]["colloquy"] == {"interrupted": True}


def go_on(house: House, thread_id: str) -> None:
    """The conversation goes on after a crash."""
    request = {"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": message("/long 3")}}
    reader = Reader(house, request)
    reader.run()
    assert text_of(reader.events[-1]["item"]) == "w0 w1 w2 "
