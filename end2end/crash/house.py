"""A server that is killed and started again on the same data, and readers of its answers."""

import json
import os
import subprocess
import threading
import time
import uuid
from urllib.parse import urlsplit, urlunsplit

import httpx

from server import start_server, stop

# How soon what a crash left is closed: on a file when the server starts, since the lock of the old one is free, and on
# PostgreSQL when the old one was not seen for 6 s by one that has been there as long.
CLOSED_S = {"sqlite": 10, "postgres": 30}


def new_database(engine: str) -> str:
    """The address of an empty database, `""` for the file in the data folder."""
    if engine == "sqlite":
        return ""
    server = os.environ.get("TEST_POSTGRES_URL")
    assert server, "TEST_POSTGRES_URL names the PostgreSQL server for tests; `.ci/with-postgres` starts one"
    name = f"crash_{uuid.uuid4().hex}"
    subprocess.run(["psql", "--quiet", server, "--command", f"create database {name}"], check=True)
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


class House:
    """A server that is killed and started again, always on the same data, and somebody who uses it."""

    def __init__(self, data: str, engine: str) -> None:
        self.data, self.engine = data, engine
        database = new_database(engine)
        self.settings = {"DATABASE_URL": database} if database else {}
        self.cookies = httpx.Cookies()
        self.start()
        account = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"}
        self.http.post("/api/auth/sign-up/email", json=account).raise_for_status()
        self.sign_in()

    def start(self) -> None:
        self.process, self.url = start_server(self.data, self.settings)
        self.http = httpx.Client(
            base_url=self.url,
            headers={"origin": self.url},
            cookies=self.cookies,
            timeout=30,
            trust_env=False,
            limits=httpx.Limits(max_connections=None),
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

    def stop(self) -> None:
        """Asks the server to end, as service managers do, and waits until it has."""
        stop(self.process)

    def ask(self, kind: str, **params) -> dict:
        return self.http.post("/chatkit", json={"type": kind, "params": params}).raise_for_status().json()

    def threads(self) -> set[str]:
        return {thread["id"] for thread in self.ask("threads.list", limit=100)["data"]}

    def items(self, thread_id: str) -> list[dict]:
        """The items of a thread, the newest first, as they are stored now."""
        return self.ask("items.list", thread_id=thread_id, limit=100)["data"]

    def closed_items(self, thread_id: str) -> list[dict]:
        """The same, once nobody is writing any."""
        until = time.monotonic() + CLOSED_S[self.engine]
        while "colloquy" in self.ask("threads.get_by_id", thread_id=thread_id)["metadata"]:
            assert time.monotonic() < until, "the run that the crash left is not closed"
            time.sleep(0.05)
        return self.items(thread_id)


class Reader(threading.Thread):
    """Sends a request and reads the answer until the connection ends."""

    def __init__(self, house: House, request: dict | None, path: str = "/chatkit") -> None:
        super().__init__(daemon=True)
        self.house, self.request, self.path = house, request, path
        self.events: list[dict] = []
        # What had been received of the answer, and when.
        self.texts: list[tuple[float, str]] = [(0, "")]
        self.is_cut = False
        self.answering = threading.Event()

    def run(self) -> None:
        try:
            method = "POST" if self.request else "GET"
            with self.house.http.stream(method, self.path, json=self.request) as response:
                if response.is_error:
                    response.read()
                response.raise_for_status()
                rest = b""
                for chunk in response.iter_raw():
                    moment = time.monotonic()
                    *frames, rest = (rest + chunk).split(b"\n\n")
                    events = [json.loads(frame.split(b"data: ", 1)[1]) for frame in frames if b"data: " in frame]
                    self.take(moment, events)
        except httpx.TransportError:
            self.is_cut = True
        self.answering.set()

    def take(self, moment: float, events: list[dict]) -> None:
        deltas = "".join(event.get("update", {}).get("delta", "") for event in events)
        self.events += events
        self.texts.append((moment, self.texts[-1][1] + deltas))
        self.answering.set()

    def text(self, before: float = float("inf")) -> str:
        return [text for moment, text in self.texts if moment <= before][-1]

    def age_of_lost(self, stored: str, at: float) -> float:
        """How long ago, in seconds, the first of what is not stored had been received."""
        return max((at - moment for moment, text in self.texts if len(text) > len(stored)), default=0)

    @property
    def thread_id(self) -> str:
        return self.events[0]["thread"]["id"]

    @property
    def run_id(self) -> str:
        return self.events[0]["thread"]["metadata"]["colloquy"]["run"]["id"]


def text_of(item: dict) -> str:
    return "".join(part["text"] for part in item["content"])


def message(text: str) -> dict:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def sent(text: str) -> dict:
    """A message that opens a thread, of a client that can resume."""
    return {
        "type": "threads.create",
        "params": {"input": message(text)},
        "metadata": {"colloquy": {"resumable": True, "key": uuid.uuid4().hex}},
    }
