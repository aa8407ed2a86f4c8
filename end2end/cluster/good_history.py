"""A history that keeps all assertions."""

from history import (
    Call,
    Connection,
    Event,
    History,
    Mail,
    ModelRequest,
    Reader,
    RunChange,
    Stored,
    StoredItem,
    StoredRun,
    Tab,
)
from times import Times
from word_model import truth, words

QUESTION, OTHER = "Question q1", "Question q2"
WHOLE = truth(QUESTION)
HALF = "".join(words(OTHER)[:2])


def answer(run_id: str, item_id: str, question: str, texts: list[str], begun: float) -> list[Event]:
    """The events of a stream, one each 10 ms: the message, the item, and its text."""
    thread = {"id": "thr_1", "metadata": {"colloquy": {"run": {"id": run_id}}}}
    bodies = [
        {"type": "thread.updated", "thread": thread},
        {"type": "thread.item.added", "item": {"type": "assistant_message", "id": item_id, "content": []}},
        *(delta(item_id, text) for text in texts),
    ]
    return [Event(begun + n / 100, n, body) for n, body in enumerate(bodies, 1)]


def delta(item_id: str, text: str) -> dict:
    update = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text}
    return {"type": "thread.item.updated", "item_id": item_id, "update": update}


def done(number: int | None, at: float, item_id: str, text: str, kind: str = "thread.item.done", **marks) -> Event:
    content = [{"type": "output_text", "text": text}]
    item = {"type": "assistant_message", "id": item_id, "content": content, "colloquy": marks}
    return Event(at, number, {"type": kind, "item": item})


def good() -> History:
    """An answer that completed, one that was stopped, a thread that was deleted, and a session that ended."""
    whole = answer("run_1", "msg_a1", QUESTION, words(QUESTION), 100.1)
    whole.append(done(len(whole) + 1, 102, "msg_a1", WHOLE))
    stopped = answer("run_2", "msg_a2", OTHER, words(OTHER)[:2], 110.1)
    stopped.append(done(len(stopped) + 1, 111, "msg_a2", HALF, interrupted=True, stopped=True))
    elsewhere = done(None, 111.5, "msg_a2", HALF, "thread.item.replaced", interrupted=True, stopped=True)
    n_other = len(HALF)
    return History(
        times=Times(factor=1),
        calls=[
            Call("ada", "send", 100, 100.1, "a", 200, key="k1", run_id="run_1", thread_id="thr_1", question=QUESTION),
            Call("ada", "send", 110, 110.1, "b", 200, key="k2", run_id="run_2", thread_id="thr_1", question=OTHER),
            Call("ada", "stop", 110.5, 111, "c", 200, run_id="run_2", thread_id="thr_1"),
            Call("ada", "delete", 120, 120.1, "a", 200, thread_id="thr_gone"),
            Call("ada", "thread", 120.2, 120.3, "b", 404, thread_id="thr_gone", after="delete"),
            Call("ada", "run", 120.2, 120.3, "b", 200, thread_id="thr_gone", run_id="run_gone", after="delete"),
            Call("ada", "run", 121.2, 121.3, "b", 404, thread_id="thr_gone", run_id="run_gone", after="delete"),
            Call("ada", "sign-out", 130, 130.1, "a", 200, session=1),
            Call("ada", "list", 130.2, 130.3, "c", 401, session=1, after="sign-out"),
            *(Call("ada", "burst", 140 + n / 10, 140.05 + n / 10, "a", 200 if n < 3 else 429) for n in range(20)),
            Call("ada", "page", 150, 150.1, "a", 200),
            Call("ada", "mail", 151, 151.1, "a", 200),
        ],
        readers=[
            reader("k1", QUESTION, Connection(100, 102.1, "a", "POST", status=200, end="ended", events=whole)),
            reader("k2", OTHER, Connection(110, 111.1, "b", "POST", status=200, end="ended", events=stopped)),
            reader("", OTHER, Connection(111.2, 111.6, "c", status=200, end="ended", events=[elsewhere]), "run_2"),
            Reader("ada", "feed", connections=[Connection(99, 130.5, "b", session=1, status=200, end="ended")]),
        ],
        requests=[
            ModelRequest(QUESTION, 100.1, 102, "whole", [(101.9, len(WHOLE))]),
            ModelRequest(OTHER, 110.1, 111, "hung up", [(110.2, n_other)]),
        ],
        tabs=[Tab("ada", {"thr_1": "Title"}, {"thr_1": "Title"})],
        stored=Stored(
            threads={"thr_1"},
            runs=[
                StoredRun("run_1", "thr_1", "msg_q1", "msg_a1", "k1", "completed", 100, 102),
                StoredRun("run_2", "thr_1", "msg_q2", "msg_a2", "k2", "stopped", 110, 111),
            ],
            items=[
                StoredItem("msg_q1", "thr_1", "user_message", None, QUESTION),
                StoredItem("msg_a1", "thr_1", "assistant_message", "msg_q1", WHOLE),
                StoredItem("msg_q2", "thr_1", "user_message", None, OTHER),
                StoredItem(
                    "msg_a2", "thr_1", "assistant_message", "msg_q2", HALF, {"interrupted": True, "stopped": True}
                ),
            ],
            changes=[
                RunChange(1, "run_1", "thr_1", "running"),
                RunChange(2, "run_1", "thr_1", "completed"),
                RunChange(3, "run_2", "thr_1", "running"),
                RunChange(4, "run_2", "thr_1", "stopped"),
            ],
            mails=[Mail("<1@example.com>", "ada@example.com")],
        ),
    )


def reader(key: str, question: str, connection: Connection, run_id: str = "") -> Reader:
    return Reader("ada", "run", question, key, run_id, "thr_1", [connection], "ended")
