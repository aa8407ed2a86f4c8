"""Three servers on one PostgreSQL behind a balancer, with a proxy of faults before each way to the database, and to Redis."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from balancer import Balancer
from fault_proxy import ProxyProcess
from postgres import Postgres, aside, free_port
from redis_server import RedisServer
from server import start_server
from word_model import WordModel

NAMES = ["a", "b", "c"]
# A server may take so long to start, with PostgreSQL away meanwhile.
START_S = 60

# The database itself notes each change of a run, so that no moment is missed between two looks.
WITNESS = """
create table if not exists "rigRunChange" (
    "number" bigint generated always as identity primary key,
    "runId" text not null, "threadId" text not null, "status" text not null
);
create or replace function "rigNoteRun"() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        insert into "rigRunChange" ("runId", "threadId", "status") values (old."id", old."threadId", 'deleted');
        return old;
    end if;
    insert into "rigRunChange" ("runId", "threadId", "status") values (new."id", new."threadId", new."status");
    return new;
end $$;
create or replace trigger "rigRun" after insert or update of "status" or delete on "run"
    for each row execute function "rigNoteRun"();
"""


class Server:
    """One process of the binary, always on the same port and the same data."""

    def __init__(
        self, name: str, data: Path, settings: dict[str, str], proxy: ProxyProcess, redis_proxy: ProxyProcess | None
    ) -> None:
        self.name, self.proxy, self.redis_proxy = name, proxy, redis_proxy
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log: list[str] = []
        self._data = data
        self._settings = settings | {"LISTEN": f"127.0.0.1:{self.port}"}
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Starts it as a service manager does: once more after a second, if it gives up since PostgreSQL is away."""
        until = time.monotonic() + START_S
        while True:
            try:
                self._process, _ = start_server(self._data, self._settings, self.log)
                return
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(1)

    def send(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def wait(self, seconds: float) -> None:
        """Waits until it has ended."""
        assert self._process
        self._process.wait(seconds)


class Cluster:
    def __init__(self, with_redis: bool = False) -> None:
        # Mails, and attached files: a folder that all servers share.
        self.data = Path(tempfile.mkdtemp(prefix="colloquy-cluster-"))
        self.postgres = Postgres()
        self.redis = RedisServer() if with_redis else None
        self.model = WordModel()
        self.balancer = Balancer(self.data, free_port())
        self.servers: list[Server] = []

    @property
    def url(self) -> str:
        return self.balancer.url

    def server(self, name: str) -> Server:
        return next(it for it in self.servers if it.name == name)

    async def open(self) -> None:
        await aside(self.postgres.start)
        if self.redis:
            await aside(self.redis.start)
        await self.model.open()
        for name in NAMES:
            proxy = ProxyProcess(self.postgres.port)
            redis_proxy = ProxyProcess(self.redis.port) if self.redis else None
            self.servers.append(Server(name, self.data, self._settings(name, proxy, redis_proxy), proxy, redis_proxy))
        # One after the other: the first makes the tables.
        for server in self.servers:
            await aside(server.start)
        await aside(self.postgres.sql, WITNESS)
        addresses = [f"127.0.0.1:{server.port}" for server in self.servers]
        await aside(self.balancer.start, addresses)
        # The first checks have come by.
        await asyncio.sleep(1)

    async def close(self) -> None:
        self.balancer.stop()
        for server in self.servers:
            server.kill()
            server.proxy.close()
            if server.redis_proxy:
                server.redis_proxy.close()
        await self.model.close()
        if self.redis:
            await aside(self.redis.delete)
        await aside(self.postgres.delete)

    def _settings(self, name: str, proxy: ProxyProcess, redis_proxy: ProxyProcess | None) -> dict[str, str]:
        settings = {
            "BETTER_AUTH_URL": self.balancer.url,
            "DATABASE_URL": self.postgres.url(proxy.port),
            "TRUSTED_PROXIES": "127.0.0.1",
            "RATE_LIMIT": "on",
            "RATE_LIMIT_STORAGE": "database",
            "OPENAI_BASE_URL": self.model.base_url,
            "OPENAI_API_KEY": "sk-secret",
            "OPENAI_MODEL": "words",
            "RUST_LOG": os.environ.get("RUST_LOG", "info,sqlx=warn"),
        }
        if redis_proxy:
            settings["REDIS_URL"] = f"redis://127.0.0.1:{redis_proxy.port}"
        # Settings that a server may not know yet; it ignores them then.
        return settings | {"INSTANCE": name, "ATTACHMENTS_SHARED": "on", "DRAIN_DELAY": "3s", "DRAIN_TIMEOUT": "20s"}
