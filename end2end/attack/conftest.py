"""A server that is attacked, and a bystander who goes on using it."""

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from client import User, sign_up
from server import start_server, stop

# How long a bystander waits at most for an answer: longer than any machine of ours needs.
PATIENCE_S = 30
# The pause between two requests of a bystander, who stays within the rate limits.
PAUSE_S = 0.2

# What bystanders waited during each attack, in seconds.
WAITS: dict[str, list[float]] = {}


@dataclass
class Attacked:
    """A server with limits as users have them, behind a proxy that says whose request it is."""

    url: str
    data: Path
    log: list[str] = field(default_factory=list)

    def client(self, address: str) -> httpx.Client:
        """Somebody at an address."""
        headers = {"origin": self.url, "x-forwarded-for": address}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Callable[..., Attacked]]:
    """Starts servers, and ends them with the test."""
    processes = []

    def start(max_files: int | None = None, **settings: str) -> Attacked:
        settings = {"RATE_LIMIT": "on", "TRUSTED_PROXIES": "127.0.0.1"} | settings
        data = tmp_path / f"data-{len(processes)}"
        data.mkdir()
        log: list[str] = []
        under = ("prlimit", f"--nofile={max_files}:{max_files}") if max_files else ()
        process, url = start_server(data, settings, log, under)
        processes.append(process)
        return Attacked(url, data, log)

    yield start
    for it in processes:
        assert it.poll() is None, "the server has outlived the attack"
        stop(it)


class Bystander:
    """Somebody who opens pages and lists chats, again and again, and counts on answers."""

    def __init__(self, user: User, attack: str) -> None:
        self.user, self.waits, self.failures = user, WAITS.setdefault(attack, []), []
        user.http.event_hooks["request"] = [self._watch]
        self._has_connected = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> "Bystander":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._over.is_set():
            for ask in (lambda: self.user.http.get("/api/auth/ok"), lambda: self.user.chatkit("threads.list", limit=5)):
                started = time.monotonic()
                try:
                    self._ask(ask).raise_for_status()
                except httpx.HTTPError as err:
                    self.failures.append(repr(err))
                self.waits.append(time.monotonic() - started)
            self._over.wait(PAUSE_S)

    def _ask(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Asks as browsers do: again, once, if a connection that was used before is closed without an answer.

        A server may close it between two requests (RFC 9112, section 9.3.1).
        """
        try:
            return ask()
        except (httpx.ReadError, httpx.RemoteProtocolError):
            if self._has_connected:
                raise
            return ask()

    def _watch(self, request: httpx.Request) -> None:
        self._has_connected = False
        request.extensions["trace"] = self._note

    def _note(self, event: str, _: dict) -> None:
        self._has_connected |= event == "connection.connect_tcp.started"

    def check(self) -> None:
        """All of it was answered."""
        assert len(self.waits) >= 2, "somebody has asked at all"
        assert not self.failures, self.failures[:3]


@pytest.fixture
def bystander() -> Callable[[Attacked, str], Bystander]:
    """Signs somebody up who knows nothing of the attack."""

    def start(app: Attacked, attack: str) -> Bystander:
        user = sign_up(app.url)
        user.http.timeout = httpx.Timeout(PATIENCE_S)
        user.http.headers["x-forwarded-for"] = "198.51.100.7"
        return Bystander(user, attack)

    return start


def eventually(check: Callable[[], object], what: str, within_s: float = 60) -> None:
    """Waits until something is so."""
    until = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < until, f"not within {within_s} s: {what}"
        time.sleep(0.1)


def is_closed(connection: socket.socket) -> bool:
    """True if the other side has closed a connection; what it says before does not matter."""
    connection.setblocking(False)
    try:
        while connection.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what bystanders waited."""
    if not WAITS:
        return
    terminalreporter.write_line(f"\n{'what a bystander waits during':<34}{'p50':>10}{'p95':>10}{'most':>10}")
    for attack, waits in WAITS.items():
        ordered = sorted(waits)
        p95 = ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
        row = [statistics.median(ordered), p95, ordered[-1]]
        terminalreporter.write_line(f"{attack:<34}" + "".join(f"{it * 1000:>7.0f} ms" for it in row))
