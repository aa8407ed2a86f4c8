"""Runs of the workload beside faults, each with its history."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from cluster import Cluster
from database import read_stored
from directed import go_between_servers, read_elsewhere
from history import History
from nemeses import Nemesis
from postgres import aside
from redis_server import RedisServer
from times import Times
from workload import Workload

# What happens beside the workload.
Story = Callable[[Workload, Nemesis], Awaitable[None]]


async def calm(workload: Workload, _: Nemesis) -> None:
    """No faults."""
    going = asyncio.create_task(go_between_servers(workload))
    await asyncio.sleep(1)
    await workload.sign_in_often()
    await going


async def servers(_: Workload, nemesis: Nemesis) -> None:
    """Each server has its fault: one crashes, one is upgraded, one is frozen."""
    await asyncio.sleep(1)
    await nemesis.kill("a")
    await asyncio.sleep(1)
    await nemesis.stop("b")
    await asyncio.sleep(1)
    await nemesis.freeze("c")


async def postgres(workload: Workload, nemesis: Nemesis) -> None:
    """All faults of PostgreSQL, one after the other, each soon after an answer began that is read at two servers."""
    reading = []
    for n, harm in enumerate(nemesis.of_postgres()):
        reading.append(asyncio.create_task(read_elsewhere(workload, f"elsewhere{n}")))
        await asyncio.sleep(0.7)
        await harm()
    await asyncio.gather(*reading)


async def redis(workload: Workload, nemesis: Nemesis) -> None:
    """All faults of Redis, one after the other, each soon after an answer began that is read at two servers."""
    reading = [asyncio.create_task(go_between_servers(workload))]
    for n, harm in enumerate(nemesis.of_redis()):
        reading.append(asyncio.create_task(read_elsewhere(workload, f"mirrored{n}")))
        await asyncio.sleep(0.7)
        await harm()
    await asyncio.gather(*reading)


async def both(_: Workload, nemesis: Nemesis) -> None:
    """Two faults at once, of a server and of PostgreSQL."""
    await asyncio.sleep(1)
    await nemesis.two()
    await asyncio.sleep(1)


async def anything(_: Workload, nemesis: Nemesis) -> None:
    """Faults at random, single and double."""
    for _ in range(nemesis.dice.randrange(1, 5)):
        await asyncio.sleep(nemesis.dice.uniform(1, 6))
        await nemesis.dice.choice([nemesis.one, nemesis.two])()
    await asyncio.sleep(2)


# On PostgreSQL alone, and with Redis between the servers.
STORIES: dict[str, Story] = {"calm": calm, "servers": servers, "postgres": postgres, "both": both}
STORIES_WITH_REDIS: dict[str, Story] = {"redis": redis, "both-with-redis": both}


async def followed(server: RedisServer, times: Times) -> list[str]:
    """The channels of answers that servers still listen to, when they have had the time to leave them."""
    until = time.monotonic() + times.deadline(times.unfollowed_s)
    while True:
        channels = await aside(server.run, "PUBSUB", "CHANNELS", "*:live")
        if not channels or time.monotonic() > until:
            return channels
        await asyncio.sleep(0.2)


def copies(server: RedisServer) -> list[str]:
    """The keys of answers' logs that hold events. The mark of a closed one holds none."""
    keys = server.run("KEYS", "*:log")
    return [key for key in keys if len(server.run("XRANGE", key, "-", "+", "COUNT", "1")) > 4]


async def run(cluster: Cluster, name: str, story: Story, seed: int, times: Times) -> History:
    """Runs the workload as long as a story lasts, and returns all that happened and what is stored."""
    began = time.time()
    history = History(times, began, has_redis=cluster.redis is not None)
    n_requests = len(cluster.model.requests)
    workload = Workload(cluster, history, f"{name}-{seed}")
    await workload.open()
    steps = asyncio.create_task(workload.run())
    await story(workload, Nemesis(cluster, history, random.Random(f"{seed} {name} faults")))
    workload.stop()
    await steps
    await workload.settle()
    history.requests = cluster.model.requests[n_requests:]
    history.stored = await aside(read_stored, cluster, history)
    if cluster.redis:
        history.followed = await followed(cluster.redis, times)
        history.copies = await aside(copies, cluster.redis)
    await workload.close()
    if folder := os.environ.get("HISTORIES"):
        history.write(Path(folder) / f"{name}-{seed}.json")
        for server in cluster.servers:
            (Path(folder) / f"{server.name}.log").write_text("".join(server.log))
    print(
        f"{name}: seed {seed}, {len(history.calls)} calls, {len(history.readers)} readers, "
        f"{len(history.faults)} faults, {time.time() - began:.1f} s"
    )
    return history
