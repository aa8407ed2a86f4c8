"""Faults of other people's ChatKit servers behind ours, byte by byte: ids, ends, errors."""

import pytest

from conversation import Conversation
from raw import BARE, RawModel, events, refuses, sends

AT = "2026-11-30T00:00:00Z"
THREAD = {"id": "thr_there", "created_at": AT, "status": {"type": "active"}, "metadata": {}, "items": {"data": [], "has_more": False}}
CREATED = {"type": "thread.created", "thread": THREAD}
# What the Agents SDK calls every message that it has from chat completions.
FAKE_ID = "__fake_id__"


def item(kind: str, item_id: str, **fields: object) -> dict:
    return {"id": item_id, "thread_id": "thr_there", "created_at": AT, "type": kind, **fields}


def asked(n: int, text: str) -> dict:
    content = [{"type": "input_text", "text": text}]
    message = item("user_message", f"msg_q{n}", content=content, attachments=[], inference_options={})
    return {"type": "thread.item.done", "item": message}


def message(text: str, item_id: str = FAKE_ID) -> dict:
    return item("assistant_message", item_id, content=[{"type": "output_text", "text": text, "annotations": []}])


def added(item_id: str = FAKE_ID) -> dict:
    return {"type": "thread.item.added", "item": item("assistant_message", item_id, content=[])}


def grows(text: str, item_id: str = FAKE_ID) -> list[dict]:
    content = {"type": "output_text", "text": "", "annotations": []}
    updates = [
        {"type": "assistant_message.content_part.added", "content_index": 0, "content": content},
        {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text},
    ]
    return [{"type": "thread.item.updated", "item_id": item_id, "update": update} for update in updates]


def whole(text: str) -> list[dict]:
    return [added(), *grows(text), {"type": "thread.item.done", "item": message(text)}]


HALF = [added(), *grows("Half an ")]


def test_answers_that_share_an_id_are_kept_apart(raw_model: RawModel, with_raw_backend: Conversation) -> None:
    raw_model.play(
        sends(BARE + events(CREATED, asked(1, "one"), *whole("answer 1"))),
        sends(BARE + events(asked(2, "two"), *whole("answer 2"), *whole("and more"))),
    )
    with_raw_backend.ask("one").succeeded()
    with_raw_backend.ask("two").succeeded()
    texts = [item["content"][0]["text"] for item in with_raw_backend.items()]
    assert texts == ["one", "answer 1", "two", "answer 2", "and more"]


def test_a_thread_tells_both_its_ids(raw_model: RawModel, with_raw_backend: Conversation) -> None:
    raw_model.play(sends(BARE + events(CREATED, asked(1, "one"), *whole("answer 1"))))
    answer = with_raw_backend.ask("one").succeeded()
    told = [event["thread"] for event in answer.events if event["type"] == "thread.updated"]
    listed = with_raw_backend.user.chatkit("threads.list").json()["data"]
    for thread in [*told, *listed]:
        assert thread["id"] == with_raw_backend.thread_id
        assert thread["metadata"]["colloquy"]["upstream"] == {"thread_id": "thr_there"}
    assert told and listed


CUTS = {
    "at a clean end": b"",
    "after a comment": b": ping\n\n",
    "within an event": b'data: {"type":"thread.item.do',
    "after news of the thread": events({"type": "thread.updated", "thread": THREAD | {"title": "Half"}}),
    "after progress": events({"type": "progress_update", "text": "Well"}),
}


@pytest.mark.parametrize("cut", CUTS)
def test_an_answer_that_is_cut_is_marked(raw_model: RawModel, with_raw_backend: Conversation, cut: str) -> None:
    raw_model.play(sends(BARE + events(CREATED, asked(1, "one"), *HALF) + CUTS[cut]))
    answer = with_raw_backend.ask("one").failed("broke off in the middle")
    assert answer.text == "Half an "
    assert with_raw_backend.items()[-1]["colloquy"] == {"interrupted": True}


FAILURES = {
    "an error": (events({"type": "error", "code": "stream.error", "message": "The kitchen is closed.", "allow_retry": True}), "The kitchen is closed."),
    "no JSON": (b"data: Internal Server Error\n\n", "cannot be read"),
    "another API": (b'data: {"choices":[]}\n\n', "cannot be read"),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_an_error_within_an_answer_keeps_its_words(raw_model: RawModel, with_raw_backend: Conversation, kind: str) -> None:
    line, words = FAILURES[kind]
    raw_model.play(sends(BARE + events(CREATED, asked(1, "one"), *HALF) + line))
    answer = with_raw_backend.ask("one")
    assert answer.error and words in answer.error["message"], answer.error
    assert answer.text == "Half an "


REFUSALS = {
    401: ("refused our token", False),
    403: ("refused our token", False),
    404: ("no ChatKit server", False),
    413: ("did not accept the request (status 413)", False),
    422: ("did not accept the request (status 422)", False),
    500: ("a problem of its own", True),
}


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_is_told_once(raw_model: RawModel, with_raw_backend: Conversation, status: int) -> None:
    words, may_retry = REFUSALS[status]
    raw_model.play(*[refuses(status, {"detail": "no"})] * 3)
    with_raw_backend.ask("one").failed(words, may_retry)
    assert raw_model.n_asked == 1
