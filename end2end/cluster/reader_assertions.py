"""Assertions over what readers were told: A3, A5, A7 and A10."""

from collections.abc import Iterator

from fold import SNAPSHOTS, Fold, longest_texts, marks_of
from history import NEVER, Call, Connection, Event, Fault, History, ModelRequest, Reader, StoredRun
from losses import kept_until
from violation import Violation
from word_model import truth


def readers_of_runs(history: History) -> list[Reader]:
    return [it for it in history.readers if it.kind == "run"]


def a3_readers_miss_nothing(history: History) -> Iterator[Violation]:
    """Numbers rise by one, or a snapshot and its changes stand between.

    The text never shrinks, and is always a prefix of the truth.
    """
    for reader in readers_of_runs(history):
        yield from numbers(reader, history.has_redis)
        if question := history.question_of(reader):
            yield from prefixes(history, reader, truth(question))


def numbers(reader: Reader, has_redis: bool) -> Iterator[Violation]:
    """Checks the numbers of a reader's events over all its connections.

    A log that is copied over Redis may be lost within a connection: then a snapshot follows there, too.
    """
    last = 0
    for connection in reader.connections:
        # True for a connection that begins with a snapshot: its changes skip numbers. Those of a log never do.
        is_snapshot = None
        for event in connection.events:
            if is_snapshot is None and (event.number is not None or event.kind in SNAPSHOTS):
                is_snapshot = event.kind in (*SNAPSHOTS, "error")
            if has_redis and event.kind in (*SNAPSHOTS, "error") and event.number != last + 1:
                is_snapshot = True
            # A snapshot may hold just one event more. No log has the whole text of an answer before its end.
            if has_redis and event.kind == "thread.item.replaced":
                is_snapshot = True
            if event.number is None:
                if event.kind == "thread.item.updated" and not is_snapshot:
                    yield Violation("A3.numbers", f"{describe(reader)}: an update without number and snapshot")
                    return
            elif event.number == last + 1 or is_snapshot and event.number >= last:
                last = event.number
            else:
                yield Violation(
                    "A3.numbers", f"{describe(reader)}: {event.number} follows {last} at {connection.server}"
                )
                return


def prefixes(history: History, reader: Reader, whole: str) -> Iterator[Violation]:
    """Checks the text of each message after each event."""
    fold, before = Fold(), {}
    for connection, event in with_connections(reader):
        fold.take(event.body)
        where = f"{describe(reader)}, {event.kind} {event.number or 'without number'} from {connection.server}"
        for text in fold.texts.values():
            if not whole.startswith(text):
                yield Violation("A3.prefix", f"{where}: {len(text)} characters, ending with {text[-40:]!r}")
                return
        for item_id, text in before.items():
            if len(fold.texts.get(item_id, "")) < len(text) and not may_shrink(history, reader, fold, item_id):
                n_left = len(fold.texts.get(item_id, ""))
                yield Violation("A3.shrinks", f"{where}: {n_left} characters after {len(text)}")
                return
        before = dict(fold.texts)


def may_shrink(history: History, reader: Reader, fold: Fold, item_id: str) -> bool:
    """True for what a kill may lose, and for another answer to a question that makes room for the one before it."""
    run = history.run_of(reader)
    if not run:
        # Its thread is deleted.
        return True
    if item_id not in fold.texts and history.is_retry(run):
        return True
    if not history.deaths_of(run):
        return False
    read = longest_texts(reader.connections, kept_until(history, run))
    return len(read.get(item_id, "")) <= len(fold.texts.get(item_id, ""))


def with_connections(reader: Reader) -> Iterator[tuple[Connection, Event]]:
    return ((connection, event) for connection in reader.connections for event in connection.events)


def describe(reader: Reader) -> str:
    steps = [
        f"{it.method}@{it.server or '?'}:{it.end if it.status in (0, 200) else it.status}" for it in reader.connections
    ]
    path = " ".join([*steps[:3], "…", *steps[-3:]] if len(steps) > 7 else steps)
    return f"{reader.user}, {reader.run_id or reader.key} [{path}]"


def a5_readers_get_an_end(history: History) -> Iterator[Violation]:
    """Every reader gets an end: soon after a death, a stop, or the model's last word."""
    for reader in readers_of_runs(history):
        run = history.run_of(reader)
        if reader.end in ("left", "refused") or not run or history.is_deleted(run.thread_id):
            continue
        due, why = end_due(history, reader, run)
        if reader.ended > due:
            took = "never" if reader.ended == NEVER else f"{reader.ended - due:.2f} s too late"
            yield Violation(f"A5.{why}", f"{describe(reader)} ({run.status}) ended {took}")
        if reader.end == "ended" and run.status == "completed":
            yield from whole_end(history, reader, run)


def whole_end(history: History, reader: Reader, run: StoredRun) -> Iterator[Violation]:
    """The end of a completed answer is all of it, and no error."""
    errors = [it.body.get("message") for it in reader.connections[-1].events if it.kind == "error"]
    if errors:
        yield Violation("A5.error", f"{describe(reader)}, which is completed, ended with {errors}")
    item = next((it for it in history.stored.items if it.id == run.item_id), None)
    read = longest_texts(reader.connections, NEVER).get(run.item_id or "", "")
    # Another answer to the same question may have taken its place meanwhile.
    if not errors and item and item.is_shown and len(read) < len(item.text):
        yield Violation("A5.whole", f"{describe(reader)} ended with {len(read)} of {len(item.text)} characters")


def end_due(history: History, reader: Reader, run: StoredRun) -> tuple[float, str]:
    """The moment until which a reader must have got an end, and the reason for it."""
    times = history.times
    causes = [(it.ended, times.after_stop_s, "stop") for it in stops_of(history, run)]
    causes += [
        (it.ended, times.after_completion_s, "completion") for it in requests_of(history, run) if it.end == "whole"
    ]
    causes += [(it.begun, times.after_death_s, "death") for it in ends_of(history, run)]
    if not causes:
        return NEVER, "nothing"
    cause, seconds, why = min(causes, key=lambda it: it[0] + it[1])
    due = history.due(max(cause, reader.begun), times.deadline(seconds))
    # A reader may hang on any server that dies meanwhile, and must come back by another one.
    for fault in history.faults_between(cause, due, postgres=False):
        away = times.deadline(times.after_death_s) + times.silence_s + times.balancer_s
        due = max(due, history.due(max(fault.begun, cause), away), history.due(fault.healed, times.deadline(seconds)))
    return due + pauses_of(reader, cause), why


def pauses_of(reader: Reader, since: float) -> float:
    """The time for which a client was away because it wanted to be."""
    pairs = zip(reader.connections, reader.connections[1:], strict=False)
    return sum(max(0, later.begun - max(since, earlier.ended)) for earlier, later in pairs)


def stops_of(history: History, run: StoredRun) -> list[Call]:
    return [it for it in history.calls if it.kind == "stop" and it.run_id == run.id and it.is_done]


def requests_of(history: History, run: StoredRun) -> list[ModelRequest]:
    """The requests to the model of a run: of its question, and of its time."""
    questions = [it.text for it in history.stored.items if it.id == run.question_id]
    found = [it for it in history.requests if it.question in questions]
    return [it for it in found if run.begun - 0.5 <= it.begun <= run.updated + 0.5]


def ends_of(history: History, run: StoredRun) -> list[Fault]:
    """The faults of a run's servers that end it, or that it ends under: deaths, and being asked to end."""
    servers = history.servers_of(run)
    faults = history.faults_between(run.begun, run.updated, postgres=False)
    return [it for it in faults if it.target in servers or not servers]


def a7_stop_stops(history: History) -> Iterator[Violation]:
    """After an answered stop the model is left, the text grows no more, and every reader is told of a stop."""
    for call in history.calls:
        run = next((it for it in history.stored.runs if it.id == call.run_id), None)
        if call.kind != "stop" or not call.is_done or not run or history.is_deleted(run.thread_id):
            continue
        if run.status != "stopped":
            # One that had ended before is left as it is.
            if run.status == "interrupted" and run.updated > call.ended and not ends_of(history, run):
                yield Violation("A7.status", f"{run.id}, whose stop {call.server} acknowledged, is {run.status}")
            continue
        yield from stopped_model(history, call, run)
        yield from stopped_readers(history, call, run)


def stopped_model(history: History, call: Call, run: StoredRun) -> Iterator[Violation]:
    due = history.due(call.ended, history.times.deadline(history.times.model_closed_s))
    if ends_of(history, run):
        return
    stored = sum(len(it.text) for it in history.stored.items if it.id == run.item_id)
    for request in requests_of(history, run):
        if request.ended > due:
            late = "never" if request.ended == NEVER else f"{request.ended - call.ended:.2f} s after the stop's answer"
            yield Violation("A7.model closed", f"{run.id}: the model's connection was closed {late}")
        if stored > request.sent_by(due):
            n_sent = request.sent_by(due)
            yield Violation("A7.grows", f"{run.id} has {stored} characters; until the deadline {n_sent} were written")


def stopped_readers(history: History, call: Call, run: StoredRun) -> Iterator[Violation]:
    """Readers that saw the end of a stopped run are told that it was stopped, and no error."""
    item = next((it for it in history.stored.items if it.id == run.item_id), None)
    if item and item.text and not item.marks.get("stopped"):
        yield Violation("A7.mark", f"{item.id} of the stopped {run.id} is stored with the marks {item.marks}")
    for reader in readers_of_runs(history):
        if history.run_of(reader) is not run or reader.end != "ended":
            continue
        last = reader.connections[-1]
        errors = [it.body.get("message", "") for it in last.events if it.kind == "error"]
        if errors:
            yield Violation("A7.told", f"{describe(reader)} of the stopped {run.id} was told {errors}")
        # Another answer to a question that is stopped makes room for the one before it.
        is_shown = item and item.text and not history.is_retry(run)
        if not errors and is_shown and not marks_of(reader.connections, item.id).get("stopped"):
            yield Violation("A7.told", f"{describe(reader)} of the stopped {run.id} saw no mark of it")


def a10_tabs_show_what_is_there(history: History) -> Iterator[Violation]:
    """After some quiet each tab shows what it would read anew, and no run as under way."""
    for tab in history.tabs:
        if tab.folded != tab.anew:
            differing = {
                it for it in tab.folded.keys() | tab.anew.keys() if tab.folded.get(it, 0) != tab.anew.get(it, 0)
            }
            lines = [f"{it}: {tab.folded.get(it, 'absent')!r}, not {tab.anew.get(it, 'absent')!r}" for it in differing]
            yield Violation("A10.threads", f"{tab.user}, whose feed is at {tab.server}: {'; '.join(sorted(lines))}")
        if tab.running:
            yield Violation("A10.running", f"{tab.user}, whose feed is at {tab.server}, shows {tab.running} as running")
