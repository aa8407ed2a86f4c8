"""A Redis server that is killed, flushed, slowed and filled."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from postgres import free_port

# It may take so long to start.
START_S = 20


class RedisServer:
    """A server of its own, without persistence: after a crash it is empty."""

    def __init__(self) -> None:
        self.port = free_port()
        self._place = Path(tempfile.mkdtemp(prefix="colloquy-redis-"))
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self._place,
            "save": "",
            "appendonly": "no",
            "enable-debug-command": "yes",
        }
        command = ["redis-server", *(str(it) for name, value in options.items() for it in (f"--{name}", value))]
        with (self._place / "server.log").open("a") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while self._cli("PING").stdout.strip() != "PONG":
            assert time.monotonic() < until, (self._place / "server.log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def run(self, *words: str) -> list[str]:
        """Runs a command; returns the lines of its answer."""
        result = self._cli(*words)
        assert result.returncode == 0 and not result.stdout.startswith("ERR"), result.stdout + result.stderr
        return [line for line in result.stdout.splitlines() if line]

    def delete(self) -> None:
        self.kill()
        shutil.rmtree(self._place, ignore_errors=True)

    def _cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["redis-cli", "-p", str(self.port), "--raw", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)
