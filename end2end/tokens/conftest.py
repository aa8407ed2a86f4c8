"""The server, the model, and clients without a browser."""

import os
import re
import signal
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("COLLOQUY_BIN", str(ROOT / "target/release/colloquy"))
SITE = os.environ.get("COLLOQUY_SITE", str(ROOT / "target/site"))
SECRET = "a-secret-of-the-stories-that-is-long-enough"


def start(command: list[str], settings: dict[str, str], folder: str | Path = ROOT) -> tuple[subprocess.Popen, str]:
    """Starts a process in a folder and returns it with the address that it prints."""
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    process = subprocess.Popen(
        command, cwd=folder, env=env | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    # A process that prints nothing and does not end either is ended, which ends the loop below.
    late = threading.Timer(30, process.kill)
    late.start()
    printed = ""
    for line in process.stdout:
        printed += line
        if address := re.search(r"http://127\.0\.0\.1:\d+", line):
            late.cancel()
            # Whoever does not read a pipe stops its writer one day.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, address[0]
    late.cancel()
    raise RuntimeError(f"{command[0]} printed no address:\n{printed}")


def stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def serve(settings: dict[str, str]) -> Iterator[str]:
    """A server of its own: where it listens."""
    with tempfile.TemporaryDirectory(prefix="colloquy-") as data:
        defaults = {
            "LISTEN": "127.0.0.1:0",
            "DATA_DIR": data,
            "LEPTOS_SITE_ROOT": SITE,
            "BETTER_AUTH_SECRET": SECRET,
            "RATE_LIMIT": "off",
        }
        # There is no `.env` of the developer's in that folder.
        process, url = start([SERVER], defaults | settings, data)
        yield url
        stop(process)


@pytest.fixture(scope="session")
def demo_server() -> Iterator[str]:
    """A server whose answers are the demo's."""
    yield from serve({})


@pytest.fixture(scope="session")
def model() -> Iterator[str]:
    """The model of the stories: where it listens."""
    process, url = start(["node", "end2end/fixtures/aimock.mjs"], {})
    yield url
    stop(process)


@pytest.fixture(scope="session")
def model_server(model: str) -> Iterator[str]:
    """A server whose answers are the model's."""
    yield from serve({"OPENAI_BASE_URL": f"{model}/v1", "OPENAI_API_KEY": "test", "OPENAI_MODEL": "aimock-1"})


@dataclass
class User:
    """Somebody who is signed in."""

    url: str
    id: str
    token: str
    http: httpx.Client

    def chatkit(self, kind: str, **params) -> httpx.Response:
        """What `POST /chatkit` answers, as a whole."""
        return self.http.post(
            "/chatkit", json={"type": kind, "params": params}, headers={"authorization": f"Bearer {self.token}"}
        )


def sign_up(url: str) -> User:
    http = httpx.Client(base_url=url, headers={"origin": url}, timeout=60, trust_env=False)
    account = {"name": "Ada", "email": f"{uuid.uuid4().hex}@example.com", "password": "correct horse battery"}
    signed_up = http.post("/api/auth/sign-up/email", json=account).raise_for_status().json()
    token = http.get("/api/auth/token").raise_for_status().json()["token"]
    return User(url, signed_up["user"]["id"], token, http)


@pytest.fixture(params=["demo_server", "model_server"])
def user(request: pytest.FixtureRequest) -> User:
    """Somebody at a server with the demo, and at one with a model."""
    return sign_up(request.getfixturevalue(request.param))


@pytest.fixture
def ada(demo_server: str) -> User:
    return sign_up(demo_server)
