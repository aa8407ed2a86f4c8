"""The runs that the tests look at."""

import asyncio
import os
from collections import Counter

import pytest

from checker import check
from cluster import Cluster
from not_yet import NOT_YET
from runs import STORIES, STORIES_WITH_REDIS, Story, run
from times import times
from violation import Violation

SEED = int(os.environ.get("SEED", "2"))


@pytest.fixture(scope="session")
def violations(request: pytest.FixtureRequest) -> dict[str, list[Violation]]:
    """The violations of each run, one after the other on the same servers."""
    found = asyncio.run(run_all(STORIES)) | asyncio.run(run_all(STORIES_WITH_REDIS, with_redis=True))
    request.config.stash[FOUND] = found
    return found


FOUND = pytest.StashKey[dict[str, list[Violation]]]()


async def run_all(stories: dict[str, Story], with_redis: bool = False) -> dict[str, list[Violation]]:
    cluster = Cluster(with_redis)
    try:
        await cluster.open()
        return {name: check(await run(cluster, name, story, SEED, times())) for name, story in stories.items()}
    finally:
        await cluster.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Lists what is let pass, with how often it happened."""
    for name, found in config.stash.get(FOUND, {}).items():
        counted = Counter(it.clause for it in found if it.clause in NOT_YET)
        if counted:
            terminalreporter.write_line(
                f"not yet kept in {name}: " + ", ".join(f"{it} ({n})" for it, n in counted.items())
            )
    runs = config.stash.get(FOUND, {})
    broken = {it.clause for found in runs.values() for it in found}
    if runs and (kept := [clause for clause in NOT_YET if clause not in broken]):
        terminalreporter.write_line("kept this time, though not yet always: " + ", ".join(kept))
