"""Steps that are not left to chance: what goes wrong between servers shows in every run."""

import asyncio
import itertools

from following import Following, Request
from history import Reader
from word_model import pauses, words
from workload import Person, Thread, Workload

# An answer that lasts longer than the steps here take.
N_WORDS, PACE_S = 80, 0.03


def long_question(name: str) -> str:
    """A question whose answer takes its time, without silences."""
    for n in itertools.count():
        question = f"Question {name}-{n}"
        is_slow = set(itertools.islice(pauses(question), N_WORDS)) == {PACE_S}
        if is_slow and len(words(question)) > N_WORDS:
            return question
    raise AssertionError("unreachable")


def ask(person: Person, name: str, route: list[str], drops: list[float] | None = None) -> Following:
    """Opens a thread at the first server of a route, and reads on at the next one after each drop."""
    question = long_question(f"{person.user.name}-{name}")
    message = {"content": [{"type": "input_text", "text": question}], "attachments": [], "inference_options": {}}
    key = f"{person.user.name}-{name}"
    body = {"type": "threads.create", "params": {"input": message}}
    body |= {"metadata": {"colloquy": {"resumable": True, "key": key}}}
    servers = [person.user.cluster.server(it) for it in route]
    reader = Reader(person.user.name, question=question, key=key)
    return person.spawn(Following(person.user, reader, Request("send", body), servers, drops or []))


async def go_between_servers(workload: Workload) -> None:
    """Reads elsewhere and at home again, deletes elsewhere, and stops elsewhere."""
    person = workload.people[0]
    roaming = ask(person, "roaming", ["a", "b", "a"], [0.6, 0.8])
    stopped = ask(person, "stopped", ["a"])
    await stopped.knows_run.wait()
    await asyncio.sleep(0.5)
    await person.stop(stopped.reader, at=person.user.cluster.server("b"))
    await roaming.task
    thread = Thread(roaming.reader.thread_id, roaming.reader.question, roaming.question_id, roaming.task)
    await person.delete_thread(thread, at=person.user.cluster.server("b"))


async def read_elsewhere(workload: Workload, name: str) -> None:
    """Begins an answer at one server, and reads it at another one, too."""
    person = workload.people[0]
    asked = ask(person, name, ["a"])
    await asked.knows_run.wait()
    reader = Reader(person.user.name, run_id=asked.reader.run_id, thread_id=asked.reader.thread_id)
    person.spawn(Following(person.user, reader, route=[person.user.cluster.server("b")]))
