"""haproxy with the file of docs/, whose addresses are replaced by those of this machine."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx

from server import ROOT

EXAMPLE = ROOT / "docs/haproxy.cfg"
BIND = "bind :443 ssl crt /etc/ssl/chat.pem alpn h2,http/1.1"
CHECK = "option httpchk GET /readyz"
STATUS = "http-check expect status 200"
ADDRESSES = ["10.0.0.11:3000", "10.0.0.12:3000", "10.0.0.13:3000"]
# Servers without `/readyz` are asked for a file, which tells that the process answers. Rate limits do not count it.
CHECK_PATHS = ["/readyz", "/robots.txt"]


def program(name: str) -> str:
    """The path of a balancer's program, which Debian keeps out of the PATH of users."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert found, f"{name} is not installed: run `.ci/setup test` first"
    return found


def check_path(server_url: str) -> str | None:
    """The first path that tells whether a server answers; `None` if it has none of them."""
    for path in CHECK_PATHS:
        if httpx.get(f"{server_url}{path}", trust_env=False, timeout=10).status_code != 404:
            return path
    return None


def configuration(port: int, servers: list[str], path: str | None) -> str:
    """The example with a port of this machine and its servers; without a path they are checked by TCP alone."""
    text = EXAMPLE.read_text()
    lines = {BIND: f"bind 127.0.0.1:{port}", **dict(zip(ADDRESSES, servers, strict=True))}
    lines |= {CHECK: f"option httpchk GET {path}"} if path else {CHECK: "", STATUS: ""}
    for old, new in lines.items():
        assert text.count(old) == 1, f"{EXAMPLE} has {old!r} {text.count(old)} times"
        text = text.replace(old, new)
    return text


class Balancer:
    """Distributes requests over servers in turn, without regard to whose they are."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._file = folder / "haproxy.cfg"
        self._log = folder / "haproxy.log"
        self._process: subprocess.Popen | None = None

    def start(self, servers: list[str]) -> None:
        self._file.write_text(configuration(self._port, servers, check_path(f"http://{servers[0]}")))
        with self._log.open("w") as log:
            self._process = subprocess.Popen([program("haproxy"), "-f", self._file, "-db"], stdout=log, stderr=log)
        until = time.monotonic() + 10
        while not self._is_open():
            assert self._process.poll() is None and time.monotonic() < until, self._log.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def _is_open(self) -> bool:
        with socket.socket() as it:
            return it.connect_ex(("127.0.0.1", self._port)) == 0
