"""The same requests to the official Python server and to Colloquy: the answers are the same, but for `deviations.py`.

`TARGET=original` sends them to two originals, to try the comparison itself: these do not differ.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

import pytest

import side as sides
from cases import files, malformed, reading, replies, turns
from cases.table import Case
from client import serve
from compared import differences
from deviations import DEVIATIONS, Deviation
from server import SECRET, start, stop
from side import Side

PEER = Path(__file__).parents[1] / "peer"
BESIDE_ITSELF = os.environ.get("TARGET") == "original"
CASES: list[Case] = [*reading.CASES, *turns.CASES, *replies.CASES, *files.CASES, *malformed.CASES]
# How many differences of a case are printed.
N_SHOWN = 20
occurred: set[str] = set()


def serve_original() -> Iterator[str]:
    command = [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(PEER), "--port", "0", "--no-access-log"]
    process, url = start(command, {"SECRET": SECRET})
    yield url
    stop(process)


@pytest.fixture(scope="module")
def original() -> Iterator[Side]:
    for url in serve_original():
        yield Side(url, sides.original())


@pytest.fixture(scope="module")
def ours() -> Iterator[Side]:
    for url in serve_original() if BESIDE_ITSELF else serve({}):
        yield Side(url, sides.original() if BESIDE_ITSELF else sides.ours(url))


def answers(side: Side, case: Case) -> list[dict]:
    """What a server answers to a case; what the case cannot go on with is its last answer."""
    side.begin()
    try:
        case.run(side)
    except (KeyError, IndexError, TypeError, StopIteration) as err:
        side.answers.append({"failure": f"the case ended with {err!r}"})
    return side.answers


def test_every_case_has_its_own_name() -> None:
    names = [it.name for it in CASES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_answer_alike(original: Side, ours: Side, case: Case) -> None:
    with ThreadPoolExecutor() as both:
        pairs = zip_longest(*both.map(answers, [original, ours], [case, case]), fillvalue={})
    unlisted = []
    for at, (theirs, our) in enumerate(pairs):
        assert "failure" not in theirs, theirs
        for it in differences(theirs, our):
            listed = [] if BESIDE_ITSELF else [deviation for deviation in DEVIATIONS if deviation.covers(case.name, it)]
            occurred.update(deviation.name for deviation in listed)
            if not listed:
                unlisted.append(f"answer {at}, {it.at}\n  original: {it.original}\n  ours:     {it.ours}")
    assert not unlisted, "\n".join(unlisted[:N_SHOWN])


@pytest.mark.skipif(BESIDE_ITSELF, reason="two originals")
@pytest.mark.parametrize("deviation", DEVIATIONS, ids=str)
def test_it_deviates_still(deviation: Deviation) -> None:
    assert deviation.name in occurred, "this deviation does not occur any more: strike it off deviations.py"
