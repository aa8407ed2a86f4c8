"""Thoughts, tools and faults by aimock, the model of the stories."""

import pytest

from conversation import Conversation

COUNT = ", ".join(f"number {n}" for n in range(1, 101))


def test_thoughts_are_a_workflow_before_the_message(with_aimock: Conversation) -> None:
    answer = with_aimock.ask("Think before you answer").succeeded()
    assert answer.text == "Forty-two, of course."
    kinds = [item["type"] for item in with_aimock.items()]
    assert kinds == ["user_message", "workflow", "assistant_message"]
    workflow = with_aimock.items()[1]["workflow"]
    assert [task["content"] for task in workflow["tasks"]] == ["Let me see: six times nine, or so they say."]
    assert isinstance(workflow["summary"]["duration"], int)


def test_a_thought_that_breaks_off_is_kept(with_aimock: Conversation) -> None:
    with_aimock.ask("Break off while you think").failed("broke off")
    [_, thought] = with_aimock.items()
    assert "Let me see: six times nine, or so they say.".startswith(thought["workflow"]["tasks"][0]["content"])
    assert with_aimock.ask("And now?").succeeded().text


def test_two_tools_are_called_one_after_the_other(with_aimock: Conversation) -> None:
    answer = with_aimock.ask("Look with both tools").succeeded()
    [first] = answer.done("client_tool_call")
    assert (first["call_id"], first["name"], first["arguments"]) == ("call_1", "get_selection", {"of": "page"})
    [second] = with_aimock.give({"n": 1}).succeeded().done("client_tool_call")
    assert (second["call_id"], second["name"], second["arguments"]) == ("call_2", "get_title", {})
    assert with_aimock.give("Report").succeeded().text == 'The tools said: {"n":1}, Report.'
    kinds = [item["type"] for item in with_aimock.items()]
    assert kinds == ["user_message", "workflow", "assistant_message", *["client_tool_call"] * 2, "assistant_message"]


def test_a_call_that_is_passed_over_does_not_stop_the_conversation(with_aimock: Conversation) -> None:
    with_aimock.ask("Look with both tools").succeeded()
    assert with_aimock.ask("Never mind").succeeded().text == "You said: Never mind"
    refused = with_aimock.user.chatkit("threads.add_client_tool_output", thread_id=with_aimock.thread_id, result=1)
    assert refused.status_code == 409


def test_a_message_chooses_its_model(with_aimock: Conversation) -> None:
    assert with_aimock.ask("Which model are you").succeeded().text == "I am model-1."
    assert with_aimock.ask("Which model are you", model="model-2").succeeded().text == "I am model-2."
    message = {"content": [], "attachments": [], "inference_options": {"model": "model-3"}}
    refused = with_aimock.user.chatkit("threads.create", input=message)
    assert refused.status_code == 400 and "model-3" in refused.json()["message"]


def test_a_connection_that_is_cut_keeps_its_words(with_aimock: Conversation) -> None:
    answer = with_aimock.ask("Cut the connection").failed("broke off")
    assert answer.text and COUNT.startswith(answer.text)


@pytest.mark.parametrize(
    ("question", "words", "may_retry"),
    [
        ("Drop the request", "a problem of its own", True),
        ("Answer with nonsense", "broke off", True),
        ("Hang up at once", "closed the connection without an answer", True),
        ("Break off in the middle", "broke off", True),
        ("Fail with 401", "refused our key", False),
        ("Fail with 429", "busy", True),
        ("Fail with 500", "a problem of its own", True),
    ],
)
def test_a_fault_is_a_sentence(with_aimock: Conversation, question: str, words: str, may_retry: bool) -> None:
    with_aimock.ask(question).failed(words, may_retry)
    # Where nothing of an answer came, both questions are one message.
    answered = with_aimock.ask("Are you there?").succeeded().text
    assert answered in ("You said: Are you there?", f"You said: {question}\n\nAre you there?")
