"""Servers whose answers are judged by the official package."""

import json
from collections.abc import Iterator

import pytest

from client import User, serve, sign_up
from server import start, stop


@pytest.fixture(scope="session")
def demo_server() -> Iterator[str]:
    """A server whose answers are the demo's."""
    yield from serve({})


@pytest.fixture(scope="session")
def model_server() -> Iterator[str]:
    """A server whose answers are those of the stories' model."""
    process, url = start(["node", "end2end/fixtures/aimock.mjs"], {})
    tools = json.dumps([{"name": "get_selection"}, {"name": "get_title"}])
    model = {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "test", "OPENAI_MODEL": "aimock-1"}
    yield from serve(model | {"CLIENT_TOOLS": tools})
    stop(process)


@pytest.fixture(params=["demo_server", "model_server"])
def user(request: pytest.FixtureRequest) -> User:
    """Somebody at a server with the demo, and at one with a model."""
    return sign_up(request.getfixturevalue(request.param))


@pytest.fixture
def ada(demo_server: str) -> User:
    return sign_up(demo_server)
