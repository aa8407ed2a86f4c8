"""Faults of servers, of PostgreSQL and of Redis. Each notes when it begins and when it is healed."""

import asyncio
import random
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cluster import NAMES, Cluster
from history import Fault, History
from postgres import aside

# A server that was asked to end may take so long before it is killed.
STOP_S = 40


@dataclass
class Nemesis:
    """Whoever does harm to a cluster."""

    cluster: Cluster
    history: History
    dice: random.Random

    @asynccontextmanager
    async def fault(self, kind: str, target: str):
        fault = Fault(kind, target, time.time())
        self.history.faults.append(fault)
        yield fault
        fault.healed = time.time()

    def seconds(self, full: float) -> float:
        return self.history.times.fault(full)

    async def kill(self, name: str) -> None:
        """Kills a server as a crash does, and starts it again."""
        server = self.cluster.server(name)
        async with self.fault("kill", name):
            server.kill()
            await asyncio.sleep(self.dice.uniform(0.2, 2))
            await aside(server.start)

    async def freeze(self, name: str) -> None:
        """Stops the clock of a server, as the pause of a virtual machine does."""
        server = self.cluster.server(name)
        async with self.fault("freeze", name):
            server.send(signal.SIGSTOP)
            await asyncio.sleep(self.seconds(self.history.times.frozen_s))
            server.send(signal.SIGCONT)

    async def stop(self, name: str) -> None:
        """Asks a server to end, as an upgrade does, and starts it again."""
        server = self.cluster.server(name)
        async with self.fault("stop", name):
            server.send(signal.SIGTERM)
            try:
                await aside(server.wait, STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()
            await aside(server.start)

    async def restart(self) -> None:
        """Restarts PostgreSQL as an upgrade does."""
        async with self.fault("restart", "postgres"):
            await aside(self.cluster.postgres.stop)
            await aside(self.cluster.postgres.start)

    async def crash(self) -> None:
        """Ends PostgreSQL at once; it recovers by its log."""
        async with self.fault("crash", "postgres"):
            await aside(self.cluster.postgres.stop, "immediate")
            await aside(self.cluster.postgres.start)

    async def away(self) -> None:
        """Stops PostgreSQL for longer than a server's lease lasts."""
        async with self.fault("away", "postgres"):
            await aside(self.cluster.postgres.stop)
            await asyncio.sleep(self.seconds(self.history.times.away_s))
            await aside(self.cluster.postgres.start)

    async def terminate(self) -> None:
        """Ends all connections, as an operator or a pooler does."""
        async with self.fault("terminate", "postgres"):
            others = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid();"
            await aside(self.cluster.postgres.sql, others)

    async def black_hole(self) -> None:
        """Swallows what servers and PostgreSQL send, without an end of any connection."""
        async with self.fault("black-hole", "postgres"):
            for server in self.cluster.servers:
                server.proxy.order(mode="black-hole")
            await asyncio.sleep(self.seconds(self.history.times.black_hole_s))
            for server in self.cluster.servers:
                server.proxy.order(mode="pass")

    async def reset(self) -> None:
        """Resets all connections, as a firewall does that has forgotten them."""
        async with self.fault("reset", "postgres"):
            for server in self.cluster.servers:
                server.proxy.order(do="reset")

    async def empty(self) -> None:
        """Kills Redis, and starts it again without what it held."""
        async with self.fault("empty", "redis"):
            await aside(self.cluster.redis.kill)
            await asyncio.sleep(self.dice.uniform(0, 2))
            await aside(self.cluster.redis.start)

    async def flush(self) -> None:
        """Takes all keys from Redis."""
        async with self.fault("flush", "redis"):
            await aside(self.cluster.redis.run, "FLUSHALL")

    async def fill(self) -> None:
        """Lets Redis refuse all writes, as one without memory does."""
        async with self.fault("fill", "redis"):
            await aside(self.cluster.redis.run, "CONFIG", "SET", "maxmemory", "1")
            await asyncio.sleep(2)
            await aside(self.cluster.redis.run, "CONFIG", "SET", "maxmemory", "0")

    async def stall(self) -> None:
        """Lets Redis do nothing for some seconds, as a slow command does."""
        async with self.fault("stall", "redis"):
            await aside(self.cluster.redis.run, "DEBUG", "SLEEP", "3")

    async def unsubscribe(self) -> None:
        """Ends the connections of those who listen."""
        async with self.fault("unsubscribe", "redis"):
            await aside(self.cluster.redis.run, "CLIENT", "KILL", "TYPE", "pubsub")

    async def swallow(self) -> None:
        """Swallows what one server and Redis send, without an end of the connection."""
        proxy = self.cluster.server(self.dice.choice(NAMES)).redis_proxy
        async with self.fault("swallow", "redis"):
            proxy.order(mode="black-hole")
            await asyncio.sleep(self.seconds(self.history.times.black_hole_s))
            proxy.order(mode="pass")

    async def cut(self) -> None:
        """Resets the connections of all servers with Redis, and refuses others for a moment."""
        async with self.fault("cut", "redis"):
            for server in self.cluster.servers:
                server.redis_proxy.order(do="reset", mode="refuse")
            await asyncio.sleep(1)
            for server in self.cluster.servers:
                server.redis_proxy.order(mode="pass")

    async def slow(self) -> None:
        """Puts Redis far away."""
        async with self.fault("slow", "redis"):
            for server in self.cluster.servers:
                server.redis_proxy.order(delay_s=0.05)
            await asyncio.sleep(2)
            for server in self.cluster.servers:
                server.redis_proxy.order(delay_s=0)

    def of_redis(self) -> list[Callable[[], Awaitable[None]]]:
        if not self.cluster.redis:
            return []
        return [
            self.empty,
            self.flush,
            self.fill,
            self.stall,
            self.unsubscribe,
            self.swallow,
            self.cut,
            self.slow,
        ]

    def of_servers(self) -> list[Callable[[], Awaitable[None]]]:
        name = self.dice.choice(NAMES)
        return [lambda: self.kill(name), lambda: self.freeze(name), lambda: self.stop(name)]

    def of_postgres(self) -> list[Callable[[], Awaitable[None]]]:
        return [self.restart, self.crash, self.away, self.terminate, self.black_hole, self.reset]

    async def one(self) -> None:
        """Does one harm at random."""
        await self.dice.choice([*self.of_servers(), *self.of_postgres(), *self.of_redis()])()

    async def two(self) -> None:
        """Does two at once: to a server and to an engine."""
        engines = [*self.of_postgres(), *self.of_redis()]
        pair = [self.dice.choice(self.of_servers()), self.dice.choice(engines)]

        async def soon(harm: Callable[[], Awaitable[None]]) -> None:
            await asyncio.sleep(self.dice.uniform(0, 2))
            await harm()

        await asyncio.gather(*map(soon, pair))
