"""A PostgreSQL server that is restarted, crashes and goes away."""

import asyncio
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

# What the server is started with. Commits are not waited for by the disk: the machine stays up, only the server dies.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "''",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "fsync": "off",
}


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def programs() -> Path:
    """The folder of `initdb`; Debian keeps one per version, and the newest counts."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda it: float(it.parts[-3]))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    assert initdb, "PostgreSQL is not installed: run `.ci/setup test` first"
    return Path(initdb).parent


class Postgres:
    """A server of its own: unlike that of `.ci/with-postgres`, it may be stopped."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="colloquy-postgres-"))
        self.port = free_port()
        self.password = secrets.token_hex(8)
        self._programs = programs()
        # It refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        password_file = self.place / "password"
        password_file.write_text(self.password)
        if self._as_user:
            subprocess.run(["chown", "-R", "postgres", self.place], check=True)
        self._run(
            "initdb",
            f"--pgdata={self.place}/data",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=password",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )

    def url(self, port: int | None = None) -> str:
        """The database's URL, through a proxy's port if one is given."""
        return f"postgres://postgres:{self.password}@127.0.0.1:{port or self.port}/postgres"

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in {**OPTIONS, "port": str(self.port)}.items())
        self._run(
            "pg_ctl",
            "start",
            "--silent",
            "--wait",
            f"--pgdata={self.place}/data",
            f"--log={self.place}/server.log",
            f"--options={options}",
        )

    def stop(self, mode: str = "fast") -> None:
        """Stops it: `fast` ends all connections in an orderly way, `immediate` is a crash."""
        self._run("pg_ctl", "stop", "--silent", "--wait", f"--mode={mode}", f"--pgdata={self.place}/data")

    def sql(self, statements: str) -> str:
        """What psql prints, without ornament."""
        command = ["psql", self.url(), "--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        return subprocess.run(command, input=statements, check=True, capture_output=True, text=True).stdout.strip()

    def rows(self, query: str) -> list[dict]:
        return json.loads(self.sql(f"select coalesce(json_agg(r), '[]') from ({query}) r;"))

    def delete(self) -> None:
        """Ends it for good, in whatever state it is."""
        with_data = f"--pgdata={self.place}/data"
        subprocess.run(
            [*self._as_user, str(self._programs / "pg_ctl"), "stop", "--mode=immediate", with_data],
            cwd="/",
            capture_output=True,
            check=False,
        )
        shutil.rmtree(self.place, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        with (self.place / "programs.log").open("a") as log:
            result = subprocess.run(command, cwd="/", stdout=log, stderr=log, check=False)
        assert result.returncode == 0, f"{program} failed:\n{(self.place / 'programs.log').read_text()}"


async def aside(function, *arguments):
    """Calls what blocks in a thread, so that the proxies and the model go on."""
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)
