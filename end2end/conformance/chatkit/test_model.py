"""What a model's thoughts and calls of tools become: the official models read it, and it is stored as it was streamed."""

from client import User, sign_up
from lints import fold, read
from test_items import create, stored, the


def go_on(user: User, kind: str, **params) -> list[dict]:
    return read(kind, user.chatkit(kind, **params))


def test_thoughts_are_a_workflow_with_a_duration(model_server: str) -> None:
    user = sign_up(model_server)
    events = create(user, "Think before you answer")
    assert isinstance(the(events, "workflow")["workflow"]["summary"]["duration"], int)
    assert fold(events) == stored(user, events[0]["thread"]["id"])


def test_two_calls_are_pending_one_after_the_other(model_server: str) -> None:
    user = sign_up(model_server)
    events = create(user, "Look with both tools")
    thread_id = events[0]["thread"]["id"]
    assert fold(events) == stored(user, thread_id)
    assert the(events, "client_tool_call")["name"] == "get_selection"
    events = go_on(user, "threads.add_client_tool_output", thread_id=thread_id, result={"n": None})
    assert the(events, "client_tool_call")["name"] == "get_title"
    events = go_on(user, "threads.add_client_tool_output", thread_id=thread_id, result="Report")
    assert the(events, "assistant_message")["content"][0]["text"] == 'The tools said: {"n":null}, Report.'
    assert [item["status"] for item in stored(user, thread_id) if item["type"] == "client_tool_call"] == ["completed"] * 2
