"""Faults of the wire that no mock offers, by a server of ours."""

import time

import pytest

from conversation import IDLE_S, Conversation
from raw import BARE, CHUNKED, HEAD, RawModel, chunk, delta, goes_on_with, reset, sends, waits

HALF = delta(content="Half an ")
# Attempts, the pauses between them, and a busy machine.
SOON_S = 10

BEFORE_THE_FIRST_WORD = {
    "hangs up": (sends(), "closed the connection without an answer"),
    "resets": (sends(then=reset), "closed the connection without an answer"),
    "sends half a head": (sends(HEAD[:30]), "closed the connection without an answer"),
    "is no HTTP server": (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), "closed the connection without an answer"),
    "sends no body": (sends(BARE), "broke off"),
    "sends a broken chunk": (sends(CHUNKED, b"what\r\n"), "broke off"),
    "sends less than it said": (sends(HEAD + b"content-length: 1000\r\n\r\n"), "broke off"),
    "sends half an event": (sends(BARE, HALF[:20]), "broke off"),
}


@pytest.mark.parametrize("fault", BEFORE_THE_FIRST_WORD)
def test_a_fault_before_the_first_word_is_tried_three_times(raw_model: RawModel, with_raw: Conversation, fault: str) -> None:
    script, words = BEFORE_THE_FIRST_WORD[fault]
    raw_model.play(script, script)
    assert with_raw.ask("Hello").succeeded().text == "All is well."
    assert raw_model.n_asked == 3

    raw_model.play(script, script, script)
    answer = with_raw.ask("Once more").failed(words)
    assert raw_model.n_asked == 3 and answer.seconds < SOON_S
    with_raw.goes_on()


def test_what_cannot_be_read_twice_is_not_asked_for_again(raw_model: RawModel, with_raw: Conversation) -> None:
    script = sends(BARE, HALF[:20] + b"\n\n", then=waits)
    raw_model.play(script)
    assert with_raw.ask("Hello").succeeded().text == "All is well."
    assert raw_model.n_asked == 2
    raw_model.play(script, script, script)
    assert with_raw.ask("Once more").failed("cannot be read").seconds < SOON_S
    assert raw_model.n_asked == 2
    raw_model.play()
    with_raw.goes_on()


AFTER_THE_FIRST_WORD = {
    "hangs up": (sends(CHUNKED + chunk(HALF)), "broke off"),
    "ends without an end": (sends(BARE + HALF), "broke off"),
    "resets": (sends(CHUNKED + chunk(HALF), then=reset), "broke off"),
    "sends a broken chunk": (sends(CHUNKED + chunk(HALF), b"zz\r\n"), "broke off"),
    "sends less than it said": (sends(HEAD + b"content-length: 1000\r\n\r\n" + HALF), "broke off"),
    "cuts a piece at the end": (sends(BARE + HALF + HALF[:20]), "broke off"),
    "cuts a piece and goes on": (sends(BARE + HALF + HALF[:20] + b"\n\n" + HALF, then=waits), "cannot be read"),
    "reports an error": (sends(BARE + HALF + b'data: {"error":{"message":"sk-secret"}}\n\n', then=waits), "reported an error"),
}


@pytest.mark.parametrize("fault", AFTER_THE_FIRST_WORD)
def test_a_fault_after_the_first_word_is_told_and_the_words_stay(raw_model: RawModel, with_raw: Conversation, fault: str) -> None:
    script, words = AFTER_THE_FIRST_WORD[fault]
    raw_model.play(script)
    answer = with_raw.ask("Hello").failed(words)
    assert (answer.text, raw_model.n_asked) == ("Half an ", 1)
    assert answer.seconds < SOON_S
    with_raw.goes_on()


SILENCES = {
    "before its head": (waits, IDLE_S),
    "after its head": (sends(BARE, then=waits), IDLE_S),
    "after its first word": (sends(BARE + HALF, then=waits), IDLE_S),
    "with a connection kept open by comments": (sends(BARE, then=goes_on_with(b": ping\n\n", 0.2)), 10 * IDLE_S),
    "with empty deltas": (sends(BARE, then=goes_on_with(delta(content=""), 0.2)), 10 * IDLE_S),
    "with a word that drips": (sends(BARE + b"data: ", then=goes_on_with(b" ", 0.2)), 10 * IDLE_S),
}


@pytest.mark.parametrize("silence", SILENCES)
def test_a_model_that_says_nothing_is_given_up(raw_model: RawModel, with_raw: Conversation, silence: str) -> None:
    script, bound_s = SILENCES[silence]
    raw_model.play(script)
    answer = with_raw.ask("Hello").failed("stopped answering")
    assert raw_model.n_asked == 1 and bound_s - 0.5 < answer.seconds < bound_s + SOON_S
    with_raw.goes_on()


def test_a_model_that_is_only_slow_is_waited_for(raw_model: RawModel, with_raw: Conversation) -> None:
    words = [delta(content=f"{n} ") for n in range(5)]
    end = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    raw_model.play(sends(BARE + b": ping\n\n", *words, end, pause_s=IDLE_S * 0.6))
    assert with_raw.ask("Hello").succeeded().text == "0 1 2 3 4 "


def test_the_answer_ends_when_the_model_says_so_not_when_its_connection_does(
    raw_model: RawModel, with_raw: Conversation
) -> None:
    raw_model.play(sends(BARE + delta(content="Done.") + b"data: [DONE]\n\n", then=waits))
    begun = time.monotonic()
    assert with_raw.ask("Hello").succeeded().text == "Done."
    assert time.monotonic() - begun < IDLE_S + SOON_S


def test_bytes_that_are_no_text_are_no_reason_to_stop(raw_model: RawModel, with_raw: Conversation) -> None:
    broken = delta(content="a?b").replace(b"?", b"\xff\xfe")
    raw_model.play(sends(BARE + b"\xef\xbb\xbf" + broken.replace(b"\n", b"\r\n") + b"data: [DONE]\r\n\r\n"))
    assert with_raw.ask("Hello").succeeded().text == "a\ufffd\ufffdb"
