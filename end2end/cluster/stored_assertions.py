"""Assertions over what is stored: A1, A2, A4, A6 and A13."""

from collections import Counter
from collections.abc import Iterator

from fold import longest_texts
from history import Call, History, StoredItem
from losses import kept_until
from violation import Violation
from word_model import truth


def a1_messages_are_stored_once(history: History) -> Iterator[Violation]:
    """Each acknowledged message is stored once. A key has one run, whatever servers got it."""
    questions = Counter(it.text for it in history.stored.items if it.kind == "user_message")
    runs = Counter(it.key for it in history.stored.runs)
    for key, calls in keyed(history).items():
        done = [it for it in calls if it.is_done]
        thread_id = next((it.thread_id for it in calls if it.thread_id), "")
        if history.is_deleted(thread_id):
            continue
        n_messages = questions[calls[0].question]
        if n_messages > 1 or done and n_messages < 1:
            yield Violation("A1.message", f"{calls[0].question!r} is stored {n_messages} times; {answers(calls)}")
        if runs[key] > 1 or done and runs[key] < 1:
            yield Violation("A1.run", f"the key {key} has {runs[key]} runs; {answers(calls)}")
        if len(ids := {it.run_id for it in done if it.run_id}) > 1:
            yield Violation("A1.answer", f"the key {key} was answered by the runs {sorted(ids)}")
    for call in history.calls:
        if call.kind == "fetch" and call.is_done and call.note:
            yield Violation("A1.file", f"{call.server} sent other contents for a file of {call.thread_id}")


def keyed(history: History) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in history.calls:
        if call.key:
            found.setdefault(call.key, []).append(call)
    return found


def answers(calls: list[Call]) -> str:
    return ", ".join(f"{it.server or 'nobody'} answered {it.status}" for it in calls)


def a2_text_is_the_models(history: History) -> Iterator[Violation]:
    """Stored text is a prefix of the model's, and whole where the run completed. Nothing is under way for ever."""
    questions = {it.id: it.text for it in history.stored.items if it.kind == "user_message"}
    items = {it.id: it for it in history.stored.items}
    for item in history.stored.items:
        question = questions.get(item.question_id or "")
        if item.kind == "assistant_message" and question and not truth(question).startswith(item.text):
            yield Violation("A2.prefix", f"{item.id} of {question!r} has {ending(item.text)}")
    for run in history.stored.runs:
        question, item = questions.get(run.question_id or ""), items.get(run.item_id or "")
        if run.status == "running":
            yield Violation("A2.running", f"{run.id} is still shown as running")
        if run.status == "completed" and question and not is_whole(item, question):
            text = item.text if item else ""
            yield Violation("A2.whole", f"{run.id} of {question!r} is completed and has {ending(text)}")


def is_whole(item: StoredItem | None, question: str) -> bool:
    return item is not None and item.text == truth(question) and not item.marks.get("interrupted")


def ending(text: str) -> str:
    return f"{len(text)} characters, ending with {text[-30:]!r}"


def a4_what_was_read_is_stored(history: History) -> Iterator[Violation]:
    """What any reader had seen 100 ms before its run's server died is stored; without a death, all that it had seen."""
    items = {it.id: it for it in history.stored.items}
    for reader in history.readers:
        run = history.run_of(reader)
        if reader.kind != "run" or not run or history.is_deleted(run.thread_id):
            continue
        deaths = history.deaths_of(run)
        question = history.question_of(reader)
        whole = truth(question) if question else ""
        for item_id, seen in longest_texts(reader.connections, kept_until(history, run)).items():
            stored = items[item_id].text if item_id in items else ""
            # What is not the model's is A3's.
            if whole.startswith(seen) and not stored.startswith(seen):
                why = f"{deaths[0].kind} of {deaths[0].target}" if deaths else "no server died"
                clause = "A4.stopped" if run.status == "stopped" else "A4.lost"
                yield Violation(
                    clause,
                    f"{reader.user} had read {ending(seen)} of {run.id} ({run.status}); stored are "
                    f"{ending(stored)}; {why}",
                )


def a6_a_thread_has_one_run(history: History) -> Iterator[Violation]:
    """At no moment a thread has two running runs."""
    running: dict[str, set[str]] = {}
    for change in sorted(history.stored.changes, key=lambda it: it.number):
        runs = running.setdefault(change.thread_id, set())
        if change.status == "running":
            runs.add(change.run_id)
        else:
            runs.discard(change.run_id)
        if len(runs) > 1:
            yield Violation("A6.two runs", f"{change.thread_id} had the running runs {sorted(runs)} at once")


def a13_mails_are_sent_once(history: History) -> Iterator[Violation]:
    """A mail is sent once; after a crash perhaps again, with the same Message-ID."""
    asked = Counter(it.user for it in history.calls if it.kind == "mail" and it.is_done)
    tried = Counter(it.user for it in history.calls if it.kind == "mail")
    has_crash = bool(history.faults)
    for user in tried:
        ids = Counter(it.message_id for it in history.stored.mails if it.recipient.split("@")[0] == user)
        if len(ids) > tried[user] or len(ids) < asked[user]:
            yield Violation("A13.number", f"{user} asked for {asked[user]} mails and got {len(ids)}")
        if not has_crash and (again := [it for it, n in ids.items() if n > 1]):
            yield Violation("A13.again", f"{user} got {again[0]} {ids[again[0]]} times, and nothing had crashed")
