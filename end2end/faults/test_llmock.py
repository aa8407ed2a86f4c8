"""Faults by llmock, which also judges how a client takes them."""

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from llmock.chaos import ChaosSettings, StreamChaos
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from client import sign_up
from conversation import IDLE_S, Conversation

SEED = int(os.environ.get("SEED", str(random.randrange(2**32))))
# Conversations at once with a model that fails at random.
N_AT_ONCE = 40
SOON_S = 10

ATTEMPTS = 3
STATUSES = {
    400: ("did not accept", False),
    401: ("refused our key", False),
    403: ("refused our key", False),
    404: ("does not know the model", False),
    422: ("did not accept", False),
    429: ("busy", True),
    500: ("a problem of its own", True),
    502: ("a problem of its own", True),
    503: ("a problem of its own", True),
    529: ("a problem of its own", True),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_a_sentence(llmock: LLMock, with_llmock: Conversation, status: int) -> None:
    words, may_retry = STATUSES[status]
    llmock.fail(status, times=None)
    with_llmock.ask("Hello").failed(words, may_retry)
    # 400 and 422 may be about what we ask for besides the answer, and are asked once more without that.
    n_expected = ATTEMPTS if may_retry else 2 if status in (400, 422) else 1
    assert len(llmock.requests) == n_expected
    llmock.assert_resilient()
    llmock.reset()
    with_llmock.goes_on()


@pytest.mark.parametrize("status", [status for status, (_, may_retry) in STATUSES.items() if may_retry])
def test_what_passes_is_not_told(llmock: LLMock, with_llmock: Conversation, status: int) -> None:
    llmock.fail(status, times=ATTEMPTS - 1)
    assert with_llmock.ask("Hello").succeeded().text
    assert len(llmock.requests) == ATTEMPTS
    llmock.assert_resilient()


def test_a_busy_model_is_waited_for_as_long_as_it_says(llmock: LLMock, with_llmock: Conversation) -> None:
    llmock.rate_limit(retry_after=2)
    answer = with_llmock.ask("Hello").succeeded()
    assert answer.seconds >= 2
    llmock.assert_resilient(strict=True)
    # Not for half a minute: the user is told.
    llmock.rate_limit(retry_after=30, times=None)
    assert with_llmock.ask("Hello?").failed("Try again in 30 seconds").seconds < SOON_S
    llmock.reset()
    with_llmock.goes_on()


def test_a_conversation_that_is_too_long_is_told_with_what_to_do(llmock: LLMock, with_llmock: Conversation) -> None:
    llmock.context_overflow(times=None)
    with_llmock.ask("Hello").failed("longer than the model can read", False)
    llmock.reset()
    llmock.limits(context_window=10)
    with_llmock.ask("Hello " * 100).failed("longer than the model can read", False)


STREAM_FAULTS = {
    "disconnect": "broke off",
    "truncate": "broke off",
    "corrupt": "cannot be read",
    "stall": "stopped answering",
}


@pytest.mark.parametrize("after_chunks", [2, 3, 5])
@pytest.mark.parametrize("fault", STREAM_FAULTS)
def test_a_stream_that_fails_keeps_its_words(
    llmock: LLMock, with_llmock: Conversation, fault: str, after_chunks: int
) -> None:
    llmock.reply("One two three four five six seven eight.", times=None)
    getattr(llmock, fault)(after_chunks=after_chunks)
    answer = with_llmock.ask("Count").failed(STREAM_FAULTS[fault])
    # The first chunk says the role alone.
    assert "One two three four five six seven eight.".startswith(answer.text)
    assert len(answer.text.split()) == after_chunks - 1
    assert answer.seconds < IDLE_S + SOON_S
    assert len(llmock.requests) == 1, "what the user has read is not asked for again"
    with_llmock.goes_on()
    if fault == "stall":
        llmock.assert_resilient()


# What cannot be read repeats, and is asked for once more only.
ATTEMPTS_WITH = {"disconnect": ATTEMPTS, "truncate": ATTEMPTS, "corrupt": 2}


@pytest.mark.parametrize("fault", ATTEMPTS_WITH)
def test_a_stream_that_fails_before_its_first_word_is_tried_again(
    llmock: LLMock, with_llmock: Conversation, fault: str
) -> None:
    attempts = ATTEMPTS_WITH[fault]
    llmock.reply("One two three.", times=None)
    getattr(llmock, fault)(after_chunks=1, times=attempts - 1)
    assert with_llmock.ask("Count").succeeded().text == "One two three."
    getattr(llmock, fault)(after_chunks=1, times=attempts)
    assert with_llmock.ask("Count again").failed(STREAM_FAULTS[fault]).text == ""
    assert len(llmock.requests) == 2 * attempts
    with_llmock.goes_on()


def test_a_slow_first_word_is_waited_for_up_to_the_bound(llmock: LLMock, with_llmock: Conversation) -> None:
    llmock.slow_first_token(IDLE_S * 0.6)
    with_llmock.ask("Hello").succeeded()
    llmock.slow_first_token(30)
    assert with_llmock.ask("Hello?").failed("stopped answering").seconds < IDLE_S + SOON_S
    llmock.delay(30)
    assert with_llmock.ask("Hello??").failed("stopped answering").seconds < IDLE_S + SOON_S
    with_llmock.goes_on()


def test_a_tool_is_called_and_its_output_ends_in_an_answer(llmock: LLMock, with_llmock_tools: Conversation) -> None:
    call = with_llmock_tools.ask("Use get_title, please").succeeded().done("client_tool_call")[0]
    assert (call["name"], call["status"]) == ("get_title", "pending")
    assert with_llmock_tools.give({"title": "Report"}).succeeded().text
    assert [item.get("status") for item in with_llmock_tools.items()] == [None, "completed", None]
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("kind", ["malformed_arguments", "unknown_tool"])
def test_a_call_that_cannot_be_read_is_asked_for_again_and_then_told(
    llmock: LLMock, with_llmock_tools: Conversation, kind: str
) -> None:
    llmock.break_tool_call(kind, times=1)
    assert len(with_llmock_tools.ask("Use a tool").succeeded().done("client_tool_call")) == 1
    llmock.break_tool_call(kind, times=2)
    answer = with_llmock_tools.ask("Use another").failed("called a tool in a way that cannot be read")
    assert answer.done("client_tool_call") == []
    retried = with_llmock_tools.retry().succeeded()
    assert len(retried.done("client_tool_call")) == 1
    assert with_llmock_tools.give("well").succeeded().text


@pytest.mark.parametrize("fault", ["disconnect", "truncate", "corrupt"])
def test_half_a_call_is_no_call(llmock: LLMock, with_llmock_tools: Conversation, fault: str) -> None:
    llmock.call_tool("get_title", {"of": "a page with a long name"}, text="Let me look.", times=None)
    getattr(llmock, fault)(after_chunks=6)
    answer = with_llmock_tools.ask("Use a tool").failed(STREAM_FAULTS[fault])
    assert answer.done("client_tool_call") == []
    llmock.reset()
    assert len(with_llmock_tools.retry().succeeded().done("client_tool_call")) == 1


def test_a_model_that_fails_at_random_loses_nothing(
    llmock: LLMock, llmock_server: LLMockServer, llmock_url: str
) -> None:
    print(f"SEED={SEED}")
    random.seed(SEED)
    kinds = ("disconnect", "truncate", "stall", "malformed")
    state = llmock_server.state
    state.stream_chaos = StreamChaos(tuple((kind, 0.1) for kind in kinds), stall_seconds=30).validated()
    state.chaos = ChaosSettings(error_rates={429: 0.2, 500: 0.2, 503: 0.1}).validated()

    def talk(n: int) -> list[bool]:
        conversation = Conversation(sign_up(llmock_url))
        answers = [conversation.ask(f"Tell me about {n}"), conversation.retry(), conversation.ask("Go on")]
        for answer in answers:
            assert answer.seconds < 60
            if answer.error:
                answer.failed("")
            else:
                assert answer.text
        return [answer.error is None for answer in answers]

    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        outcomes = [is_whole for outcome in pool.map(talk, range(N_AT_ONCE)) for is_whole in outcome]
    assert 0 < sum(outcomes) < len(outcomes), "some turns fail and some do not"
