"""Three servers behind a balancer, and whatever befalls them: each assertion is kept in each run.

SEED makes the choices of users and of faults those of an earlier run. FACTOR multiplies deadlines, and SCALE the length
of faults. HISTORIES names a folder for the histories and the logs of servers. With MINUTES, random runs follow until that
time is over, with Redis between the servers if REDIS is `on`.
"""

import asyncio
import os
import random
import time

import pytest

from checker import ASSERTIONS, check
from cluster import Cluster
from not_yet import NOT_YET
from runs import STORIES, STORIES_WITH_REDIS, anything, run
from times import times
from violation import Violation

WITH_REDIS = os.environ.get("REDIS") == "on"
MINUTES = float(os.environ.get("MINUTES", "0"))


def number(clause: str) -> str:
    return clause.split(".")[0]


def unexpected(found: list[Violation]) -> list[str]:
    """The violations that are not let pass, at most a few of each clause."""
    shown: dict[str, list[str]] = {}
    for violation in found:
        if violation.clause not in NOT_YET:
            shown.setdefault(violation.clause, []).append(str(violation))
    return [line for lines in shown.values() for line in lines[:5]]


@pytest.mark.parametrize("name", STORIES | STORIES_WITH_REDIS)
@pytest.mark.parametrize("assertion", ASSERTIONS)
def test_each_run_keeps_each_assertion(violations: dict[str, list[Violation]], name: str, assertion: str) -> None:
    found = [it for it in violations[name] if number(it.clause) == assertion]
    assert unexpected(found) == []


@pytest.mark.skipif(not MINUTES, reason="MINUTES is not set")
def test_runs_at_random_keep_all_assertions() -> None:
    dice = random.Random(os.environ.get("SEED"))
    until = time.monotonic() + MINUTES * 60

    async def run_until() -> None:
        cluster = Cluster(with_redis=WITH_REDIS)
        try:
            await cluster.open()
            while time.monotonic() < until:
                seed = dice.randrange(2**32)
                found = unexpected(check(await run(cluster, "anything", anything, seed, times())))
                assert found == [], f"seed {seed}"
        finally:
            await cluster.close()

    asyncio.run(run_until())
