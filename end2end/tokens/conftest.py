"""The server, the model, and clients without a browser."""

import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from server import start, start_server, stop


def serve(settings: dict[str, str]) -> Iterator[str]:
    """A server of its own: where it listens."""
    with tempfile.TemporaryDirectory(prefix="colloquy-") as data:
        process, url = start_server(data, settings)
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
