"""The server, and somebody who is signed in."""

from collections.abc import Iterator

import pytest

from client import User, serve, sign_up


@pytest.fixture(scope="session")
def demo_server() -> Iterator[str]:
    """A server whose answers are the demo's."""
    yield from serve({})


@pytest.fixture
def ada(demo_server: str) -> User:
    return sign_up(demo_server)
