"""Conversations that a model refuses, or that failed before: they go on."""

import struct
import zlib

import pytest

from conversation import Conversation
from raw import BARE, DONE, RawModel, call, delta, end, refuses, sends


def test_a_conversation_goes_on_after_failures(raw_model: RawModel, with_raw: Conversation) -> None:
    raw_model.play(refuses(401, {}))
    with_raw.ask("one").failed("refused our key", False)
    raw_model.play()
    assert with_raw.ask("two").succeeded().text
    assert raw_model.said() == ["user: one\n\ntwo"]


def test_fewer_messages_are_sent_once_when_the_context_is_full(raw_model: RawModel, with_raw: Conversation) -> None:
    raw_model.play()
    with_raw.ask("one").succeeded()
    with_raw.ask("two").succeeded()
    raw_model.play(refuses(400, {"object": "error", "message": "maximum context length is 4096 tokens"}))
    with_raw.ask("three").succeeded()
    assert [len(asked["messages"]) for asked in raw_model.asked] == [5, 1]


def png(n_bytes: int | None = None) -> bytes:
    """A small picture, or its first bytes."""

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixels = zlib.compress(b"".join(b"\0" + bytes([x * 3 % 256 for x in range(192)]) for _ in range(64)))
    head = part(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    return (b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", pixels) + part(b"IEND", b""))[:n_bytes]


def test_a_picture_that_was_refused_is_left_out(raw_model: RawModel, with_raw: Conversation) -> None:
    picture = with_raw.user.upload("a.png", "image/png", png())["id"]
    raw_model.play(refuses(400, {"error": {"message": "Could not process image"}}))
    answer = with_raw.ask("Look", attachments=[picture]).succeeded()
    assert answer.notices == ["The model could not read the picture, so it answers without it."]
    with_raw.ask("Never mind, just say hi").succeeded()
    assert [said.count("+") for said in raw_model.said()] == [0, 0, 0]


def test_a_picture_that_is_cut_is_a_file(raw_model: RawModel, with_raw: Conversation) -> None:
    cut = with_raw.user.upload("cut.png", "image/png", png(60))
    raw_model.play()
    with_raw.ask("Look", attachments=[cut["id"]]).succeeded()
    assert raw_model.said() == ["user: Look\n[Attached file: cut.png (application/octet-stream)]"]


def test_an_empty_message_between_others_is_not_sent(raw_model: RawModel, with_raw: Conversation) -> None:
    raw_model.play()
    for text in ("one", " ", "two"):
        with_raw.ask(text).succeeded()
    assert raw_model.said() == ["user: one", "assistant: All is well.\n\nAll is well.", "user: two"]


REFUSED_CALLS = {
    "a signature": "Function call is missing a thought_signature in functionCall parts.",
    "another id": "Tool call id was c1 but must be a-z, A-Z, 0-9, with a length of 9.",
    "the order": "Unexpected role 'user' after role 'tool'",
}


@pytest.mark.parametrize("kind", REFUSED_CALLS)
def test_calls_that_a_model_refuses_are_told_in_words(
    raw_model: RawModel, with_new_raw_tools: Conversation, kind: str
) -> None:
    called = call("get_title", "{}", index=0, id="c1")
    raw_model.play(sends(BARE + delta(tool_calls=[called]) + end("tool_calls") + DONE))
    with_new_raw_tools.ask("Look").succeeded()
    raw_model.play(refuses(400, {"error": {"message": REFUSED_CALLS[kind]}}))
    with_new_raw_tools.give("Report").succeeded()
    assert raw_model.said() == [
        "user: Look",
        "assistant: (I called the tool `get_title` with {}.)",
        "user: (The tool `get_title` returned: Report)",
    ]


def test_a_model_that_takes_no_tools_is_asked_without_them(
    raw_model: RawModel, with_new_raw_tools: Conversation
) -> None:
    raw_model.play(refuses(400, {"error": {"message": "model-1 does not support tools"}}))
    with_new_raw_tools.ask("Hello").succeeded()
    with_new_raw_tools.ask("And now?").succeeded()
    assert ["tools" in asked for asked in raw_model.asked] == [True, False, False]
