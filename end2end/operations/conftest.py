"""A server with a listener of metrics."""

import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from server import start_server, stop

# How soon something happens that happens at all, on a busy machine.
SOON_S = 15


@dataclass
class Monitored:
    """A server, and where its metrics are."""

    url: str
    metrics_url: str

    def scrape(self, accept: str = "*/*") -> str:
        return httpx.get(self.metrics_url, headers={"accept": accept}, trust_env=False).raise_for_status().text


@pytest.fixture(scope="module")
def monitored() -> Iterator[Monitored]:
    log: list[str] = []
    with tempfile.TemporaryDirectory(prefix="colloquy-") as data:
        process, url = start_server(data, {"METRICS_LISTEN": "127.0.0.1:0"}, log)
        until = time.monotonic() + SOON_S
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/metrics", "".join(log))):
            assert time.monotonic() < until, f"the start names no metrics:\n{''.join(log)}"
            time.sleep(0.02)
        yield Monitored(url, found[0])
        stop(process)
