"""Faults that users of other chats reported, byte by byte: how answers end, errors, thoughts, calls, refusals."""

import pytest

from conversation import IDLE_S, Conversation
from raw import BARE, DONE, RawModel, Script, call, data, delta, end, goes_on_with, refuses, sends, waits

HALF = delta(content="Half an ")
THOUGHT = delta(reasoning_content="Hm")
SOON_S = 10

# What is sent; the text that is kept, its mark, the notice, and the error.
ENDS = {
    "stop": (HALF + end("stop"), "Half an ", None, "", ""),
    "length": (HALF + end("length"), "Half an ", "length", "Continue", ""),
    "length, in other words": (HALF + end("MAX_TOKENS"), "Half an ", "length", "Continue", ""),
    "length after thoughts alone": (THOUGHT + end("length"), "", None, "", "by thinking"),
    "length without a word": (end("length"), "", None, "", "no room left"),
    "content_filter": (HALF + end("content_filter"), "Half an ", "content_filter", "content filter", ""),
    "content_filter without a word": (end("content_filter"), "", None, "", "content filter withheld"),
    "error": (HALF + end("error"), "Half an ", "error", "", "ended the answer with an error"),
    "error with its cause": (
        HALF + data('{"choices":[{"delta":{},"error":{"message":"sk-secret"},"finish_reason":"error"}]}'),
        "Half an ",
        "error",
        "",
        "reported an error",
    ),
    "nothing": (HALF, "Half an ", None, "", "broke off"),
    "Gemini's two reasons": (HALF + end("content_filter: RECITATION"), "Half an ", "content_filter", "content filter", ""),
    "Gemini's broken call": (
        HALF + end("function_call_filter: MALFORMED_FUNCTION_CALL"),
        "Half an ",
        "error",
        "",
        "ended the answer with an error",
    ),
    "C#'s spelling": (HALF + end("TokenLimitReached"), "Half an ", "length", "Continue", ""),
    "a question that is blocked": (
        data('{"choices":[],"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}'),
        "",
        None,
        "",
        "content filter withheld",
    ),
    "without a delta, before the cost": (
        HALF + data('{"choices":[{"finish_reason":"length"}]}') + data('{"choices":[],"usage":{"total_tokens":3}}'),
        "Half an ",
        "length",
        "Continue",
        "",
    ),
    "of the choice that is read": (
        data('{"choices":[{"index":1,"delta":{"content":"No"}},{"index":0,"delta":{"content":"Half an "}}]}')
        + data('{"choices":[{"index":1,"finish_reason":"stop"},{"index":0,"finish_reason":"length"}]}'),
        "Half an ",
        "length",
        "Continue",
        "",
    ),
}


@pytest.mark.parametrize("kind", ENDS)
def test_each_end_is_told_apart(raw_model: RawModel, with_raw: Conversation, kind: str) -> None:
    sent, text, mark, notice, error = ENDS[kind]
    done = b"" if kind == "nothing" else DONE
    raw_model.play(*[sends(BARE + sent + done)] * 3)
    answer = with_raw.ask("Hello")
    if error:
        answer.failed(error)
    else:
        answer.succeeded()
    assert (answer.text, answer.end) == (text, mark)
    assert [notice in it for it in answer.notices] == [True] * bool(notice)
    raw_model.play()
    assert with_raw.ask("Continue").succeeded().text == "All is well."
    assert raw_model.said()[-1] == "user: Continue" or not text


ERRORS = {
    "vLLM": '{"object":"error","message":"EngineCore died","code":500}',
    "FastAPI": '{"detail":"CUDA out of memory"}',
    "a string": '{"error":"boom"}',
    "nested": '{"error":{"error":{"message":"boom"}}}',
    "a list": '[{"error":{"message":"boom"}}]',
    "a type": '{"type":"error","message":"boom"}',
    "within the choice": '{"choices":[{"delta":{"content":""},"error":{"message":"boom"}}]}',
    "a text": '"Error: boom"',
    "no JSON": "Error: boom",
    "problem+json": '{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"boom"}',
    "Lambda": '{"errorMessage":"Task timed out","errorType":"Sandbox.Timedout"}',
    "a code alone": '{"code":"InternalError.Algo","request_id":"1"}',
    "gRPC": '{"error":{"grpc_code":13,"http_code":500,"message":"rpc error"}}',
    "JSON in a string": '"{\\"error\\":{\\"message\\":\\"boom\\"}}"',
    "Python": "{'error': {'message': \"it isn't there\", 'code': 500}}",
    "a proxy's page": "<html><head><title>502 Bad Gateway</title></head></html>",
    "a proxy's sentence": "upstream connect error or disconnect/reset before headers",
}


@pytest.mark.parametrize("shape", [*ERRORS, "a named event"])
def test_an_error_within_a_stream_is_one_in_every_shape(raw_model: RawModel, with_raw: Conversation, shape: str) -> None:
    line = b'event: error\ndata: {"message":"boom"}\n\n' if shape == "a named event" else data(ERRORS[shape])
    raw_model.play(sends(BARE + HALF + line + DONE))
    answer = with_raw.ask("Hello").failed("reported an error")
    assert (answer.text, raw_model.n_asked) == ("Half an ", 1)
    raw_model.play(*[sends(BARE + line + DONE)] * 3)
    assert with_raw.ask("Hello?").failed("reported an error").text == ""
    raw_model.play()
    with_raw.goes_on()


def test_an_overloaded_server_is_busy(raw_model: RawModel, with_raw: Conversation) -> None:
    raw_model.play(sends(BARE + HALF + b'event: error\ndata: {"message":"Overloaded"}\n\n' + DONE))
    assert with_raw.ask("Hello").failed("busy").text == "Half an "


def test_an_error_before_the_stream_is_one(raw_model: RawModel, with_raw: Conversation) -> None:
    raw_model.play(*[sends(BARE + b'{"error":{"message":"boom"}}\n\n' + DONE)] * 3)
    with_raw.ask("Hello").failed("reported an error")
    raw_model.play()
    with_raw.goes_on()


LENIENT = {
    "a pair in two pieces": ([r'"Hi \ud83d"', r'"\ude00 there"'], "", "Hi \U0001f600 there"),
    "half a pair": ([r'"Hi \ud83d"', '" there"'], "", "Hi \ufffd there"),
    "half a pair at the end": ([r'"Hi \ud83d"'], "", "Hi \ufffd"),
    "no number": (['"Hi"'], ',"tps":NaN', "Hi"),
    "a comma at the end": (['"Hi",'], "", "Hi"),
    "numbers of other languages": (['"Hi"'], ',"n":01,"m":0x1F', "Hi"),
    "no finite number": (['"Hi"'], ',"logprobs":{"content":[{"logprob":-Infinity}]}', "Hi"),
}


@pytest.mark.parametrize("kind", LENIENT)
def test_json_of_lenient_servers_is_read(raw_model: RawModel, with_raw: Conversation, kind: str) -> None:
    contents, beside, text = LENIENT[kind]
    pieces = [data(f'{{"choices":[{{"index":0,"delta":{{"content":{content}}}{beside}}}]}}') for content in contents]
    raw_model.play(sends(BARE + b"".join(pieces) + end("stop") + DONE))
    assert with_raw.ask("Hello").succeeded().text == text
    assert raw_model.n_asked == 1


YES = delta(content="Yes it is")
# The thought, and the last message.
THOUGHTS = {
    "a lone end": delta(content="The user wants X, so I say it.\n</think>\n\nYes it is"),
    "a lone end in pieces": delta(content="The user wants X, ") + delta(content="so.\n</th") + delta(content="ink>Yes it is"),
    "parts": delta(content=[{"type": "reasoning", "text": "Hm"}, {"type": "text", "text": "Yes it is"}]),
    "thinking": delta(content="<thinking>Hm</thinking>Yes it is"),
    "thought": delta(content="<thought>Hm</thought>Yes it is"),
    "Kimi": delta(content="\u25c1think\u25b7Hm\u25c1/think\u25b7Yes it is"),
    "Magistral": delta(content="[THINK]Hm[/THINK]Yes it is"),
    "attributes": delta(content='<think time="3">Hm</think>Yes it is'),
    "details": delta(reasoning_details=[{"type": "reasoning.text", "text": "Hm"}]) + YES,
    "a summary": delta(content=[{"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]}]) + YES,
    "an object": delta(reasoning={"text": "Hm"}) + YES,
    "two ends": delta(content="<think>Hm</think></think>Yes it is"),
    "an end beside a thought of its own": delta(reasoning_content="Hm") + delta(content="</think>\n\nYes it is"),
    "an answer in tags": delta(content="<think>Hm</think>\n<answer>\nYes it is\n</answer>"),
    "Gemini's mark": delta(content="Hm", extra_content={"google": {"thought": True}}) + YES,
}


@pytest.mark.parametrize("kind", THOUGHTS)
def test_thoughts_are_told_from_the_answer(raw_model: RawModel, with_raw: Conversation, kind: str) -> None:
    raw_model.play(sends(BARE + THOUGHTS[kind] + end("stop") + DONE))
    answer = with_raw.ask("Hello").succeeded()
    assert [message["content"][0]["text"] for message in answer.messages()] == ["Yes it is"]
    assert answer.thoughts in ("Hm", "The user wants X, so I say it.", "The user wants X, so.")


def test_an_answer_about_thoughts_is_an_answer(raw_model: RawModel, with_raw: Conversation) -> None:
    sentence = "<think> is a tag that models write before they answer."
    raw_model.play(sends(BARE + delta(content=sentence) + end("stop") + DONE))
    answer = with_raw.ask("Hello").succeeded()
    assert (answer.text, answer.thoughts) == (sentence, "")


def test_a_refusal_is_the_answer(raw_model: RawModel, with_raw: Conversation) -> None:
    raw_model.play(sends(BARE + delta(content=None, refusal="I cannot help with that.") + end("stop") + DONE))
    assert with_raw.ask("Hello").succeeded().text == "I cannot help with that."


CALLS = {
    "two at once without a name of their own": [
        [call("get_selection", '{"of":"page"}'), call("get_title", "{}")],
    ],
    "fragments with new ids": [
        [call("get_selection", "", index=0, id="c1")],
        [call(None, '{"of":', index=0, id="c2")],
        [call(None, '"page"}', index=0, id="c3")],
    ],
    "a name in two pieces": [
        [call("get_", "", index=0, id="c1")],
        [call("selection", '{"of":"page"}', index=0)],
    ],
}


CALLS |= {
    "all of it again": [[call("get_selection", '{"of":"page"}', index=0, id="c1")]] * 2,
    "an empty object first": [
        [call("get_selection", "{}", index=0, id="c1")],
        [call(None, '{"of":"page"}', index=0)],
    ],
    "a name space": [[call("functions.get_selection", '{"of":"page"}', index=0, id="functions.get_selection:0")]],
}


@pytest.mark.parametrize("kind", CALLS)
def test_calls_are_read_however_they_are_named(raw_model: RawModel, with_raw_tools: Conversation, kind: str) -> None:
    pieces = b"".join(delta(tool_calls=calls) for calls in CALLS[kind])
    raw_model.play(sends(BARE + pieces + end("tool_calls") + DONE))
    [first] = with_raw_tools.ask("Look").succeeded().done("client_tool_call")
    assert (first["name"], first["arguments"], raw_model.n_asked) == ("get_selection", {"of": "page"}, 1)
    then = with_raw_tools.give(1).succeeded()
    assert [it["name"] for it in then.done("client_tool_call")] == (["get_title"] if "two" in kind.split()[:1] else [])


def test_what_a_provider_wants_back_comes_back(raw_model: RawModel, with_raw_tools: Conversation) -> None:
    signature = {"google": {"thought_signature": "abc"}}
    called = call("get_title", "{}", index=0, id="c1", extra_content=signature)
    raw_model.play(sends(BARE + THOUGHT + delta(tool_calls=[called]) + end("tool_calls") + DONE))
    with_raw_tools.ask("Look").succeeded()
    assert with_raw_tools.give("Report").succeeded().text
    calling = raw_model.asked[-1]["messages"][1]
    assert (calling["reasoning_content"], calling["tool_calls"][0]["extra_content"]) == ("Hm", signature)


REFUSALS = {
    "a full context": (400, {"object": "error", "message": "This model's maximum context length is 4096 tokens"}, "longer than"),
    "a full context, Anthropic": (400, {"error": {"message": "prompt is too long: 9 tokens > 8 maximum"}}, "longer than"),
    "credit": (402, {"error": {"message": "Insufficient credits"}}, "credit or the quota"),
    "a full context, Zhipu": (400, {"error": {"code": "1261", "message": "Prompt 超长"}}, "longer than"),
    "a full context, FastAPI": (422, {"detail": "prompt is too long: 9 tokens > 8 maximum"}, "longer than"),
    "a full context, 413": (413, "<html>413 Request Entity Too Large</html>", "longer than"),
    "credit, SiliconFlow": (403, {"message": "Sorry, your account balance is insufficient"}, "credit or the quota"),
    "a model that is gone": (410, {"error": {"message": "gone"}}, "does not know the model"),
    "quota": (429, {"error": {"code": "insufficient_quota", "message": "x"}}, "credit or the quota"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_that_lasts_is_told_at_once(raw_model: RawModel, with_raw: Conversation, kind: str) -> None:
    status, body, words = REFUSALS[kind]
    raw_model.play(*[refuses(status, body)] * 3)
    answer = with_raw.ask("Hello").failed(words, False)
    assert raw_model.n_asked == 1 and "log" not in answer.error["message"]
    raw_model.play()
    with_raw.goes_on()


WAITS = {
    "3600": "Try again in an hour.",
    "Wed, 21 Oct 2026 07:28:00 GMT": "Try again in 28 minutes.",
    "Wed Oct 21 07:00:45 2026": "Try again in 45 seconds.",
    "1m30s": "Try again in 90 seconds.",
    "PT1H": "Try again in an hour.",
    "120 seconds": "Try again in 2 minutes.",
    "120, 60": "Try again in 2 minutes.",
    "1792652400": "Try again in a day.",
}


@pytest.mark.parametrize("after", WAITS)
def test_a_long_wait_is_told_in_words(raw_model: RawModel, with_raw: Conversation, after: str) -> None:
    raw_model.play(refuses(429, {}, f"retry-after: {after}", "date: Wed, 21 Oct 2026 07:00:00 GMT"))
    assert with_raw.ask("Hello").failed(WAITS[after]).seconds < SOON_S
    assert raw_model.n_asked == 1


@pytest.mark.parametrize("then", [waits, goes_on_with(b": ping\n\n", 0.2)], ids=["silence", "comments"])
def test_an_answer_is_complete_soon_after_its_end_was_named(
    raw_model: RawModel, with_raw: Conversation, then: Script
) -> None:
    raw_model.play(sends(BARE + delta(content="Done.") + end("stop"), then=then))
    answer = with_raw.ask("Hello").succeeded()
    assert answer.text == "Done." and answer.seconds < IDLE_S + SOON_S
