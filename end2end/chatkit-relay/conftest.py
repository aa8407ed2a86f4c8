"""Our server with somebody's FastAPI server behind it."""

import json
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter

from client import User, sign_up
from server import SECRET, start, start_server, stop

BACKEND = Path(__file__).with_name("backend.py")
EVENT = TypeAdapter(ThreadStreamEvent)
# How soon something happens that happens at all, on a busy machine.
SOON_S = 15


@dataclass
class Pair:
    """Our server, and the one behind it."""

    url: str
    backend: str

    def seen(self) -> dict:
        return httpx.get(f"{self.backend}/seen", trust_env=False).raise_for_status().json()

    def threads_of(self, user: User) -> list[dict]:
        """The user's threads as the server behind has them."""
        return [thread for thread in self.seen()["threads"].values() if thread["owner"] == user.id]

    def forget(self) -> None:
        httpx.post(f"{self.backend}/forget", trust_env=False).raise_for_status()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def pair(of_backend: dict[str, str], of_ours: dict[str, str]) -> Iterator[Pair]:
    process, backend = start([sys.executable, str(BACKEND)], of_backend)
    try:
        with tempfile.TemporaryDirectory(prefix="colloquy-") as data:
            settings = {"CHATKIT_UPSTREAM_URL": f"{backend}/chatkit"}
            ours, url = start_server(data, settings | of_ours)
            try:
                yield Pair(url, backend)
            finally:
                stop(ours)
    finally:
        stop(process)


@pytest.fixture(scope="session")
def servers() -> Iterator[Pair]:
    with pair({"SECRET": SECRET}, {}) as both:
        yield both


@pytest.fixture
def ada(servers: Pair) -> User:
    return sign_up(servers.url)


def message(text: str, **more) -> dict:
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}} | more


def read(answer: httpx.Response) -> list[dict]:
    """The events of a stream, each read by the official models, too."""
    assert answer.status_code == 200, answer.text
    frames = answer.text.split("\n\n")
    assert frames.pop() == ""
    for frame in frames:
        EVENT.validate_json(frame.removeprefix("data: "))
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def eventually(check: Callable[[], object], what: str) -> None:
    """Waits until something is so."""
    until = time.monotonic() + SOON_S
    while not check():
        assert time.monotonic() < until, f"not within {SOON_S} s: {what}"
        time.sleep(0.05)
