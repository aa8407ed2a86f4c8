"""Items of every kind: the official models read them, and what is stored is what was streamed."""

import json

import pytest
from chatkit.types import Page, SyncCustomActionResponse, Thread, ThreadItem
from pydantic import TypeAdapter

from client import User
from lints import check_values, fold, read

THREAD = TypeAdapter(Thread)
ITEMS = TypeAdapter(Page[ThreadItem])

# What the demo makes, by the question that it is asked.
KINDS = {
    "/help": {"assistant_message"},
    "/tool": {"client_tool_call"},
    "/widget": {"widget"},
    "/workflow": {"workflow", "assistant_message"},
    "/task": {"task", "end_of_turn", "assistant_message"},
    "/annotations": {"assistant_message"},
    "/structured": {"structured_input"},
    "/image": {"generated_image"},
    "/effects": {"assistant_message"},
    "/hidden": {"assistant_message"},
    "/replace": {"assistant_message"},
    "/error": {"assistant_message"},
    "/lock": {"assistant_message"},
    "/fail": set(),
    "/fail 500": {"assistant_message"},
    "/slow 3": {"assistant_message"},
    "/long 300": {"assistant_message"},
}


def message(text: str) -> dict:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def create(user: User, text: str) -> list[dict]:
    return read("threads.create", user.chatkit("threads.create", input=message(text)))


def stored(user: User, thread_id: str) -> list[dict]:
    """The items of a thread, read by the official models twice: with it, and alone."""
    answer = user.chatkit("threads.get_by_id", thread_id=thread_id)
    THREAD.validate_json(answer.content)
    check_values(answer.json())
    items = user.chatkit("items.list", thread_id=thread_id, order="asc", limit=100)
    ITEMS.validate_json(items.content)
    assert items.json() == answer.json()["items"]
    return items.json()["data"]


def the(events: list[dict], kind: str) -> dict:
    """The one item of a kind that is done."""
    [item] = [it["item"] for it in events if it["type"] == "thread.item.done" and it["item"]["type"] == kind]
    return item


@pytest.mark.parametrize("command", KINDS)
def test_what_is_stored_is_what_was_streamed(ada: User, command: str) -> None:
    events = create(ada, command)
    items = fold(events)
    assert {it["type"] for it in items} == KINDS[command] | {"user_message"}
    assert stored(ada, events[0]["thread"]["id"]) == items
    assert "secret" not in json.dumps(events)
    # The title is told once, right after the first event that the responder yields.
    assert [it["type"] for it in events].count("thread.updated") == 1


def test_effects_are_told_and_not_stored(ada: User) -> None:
    kinds = [it["type"] for it in create(ada, "/effects")]
    assert {"progress_update", "client_effect", "notice"} <= set(kinds)


def test_an_error_is_not_the_end(ada: User) -> None:
    events = create(ada, "/error")
    kinds = [it["type"] for it in events]
    assert kinds.index("error") < kinds.index("thread.updated") < kinds.index("thread.item.added")


def test_annotations_outlive_the_stream(ada: User) -> None:
    events = create(ada, "/annotations")
    [part] = the(events, "assistant_message")["content"]
    assert [it["source"]["type"] for it in part["annotations"]] == ["url", "file", "entity"]


def test_a_tool_call_goes_on_with_its_output(ada: User) -> None:
    events = create(ada, "/tool")
    thread_id = events[0]["thread"]["id"]
    kind = "threads.add_client_tool_output"
    resumed = read(kind, ada.chatkit(kind, thread_id=thread_id, result={"nodes": [1, None]}))
    assert the(resumed, "assistant_message")
    call = stored(ada, thread_id)[1]
    assert (call["status"], call["output"]) == ("completed", {"nodes": [1, None]})
    assert ada.chatkit(kind, thread_id=thread_id, result={}).status_code == 409


def test_structured_questions_are_answered_in_place(ada: User) -> None:
    events = create(ada, "/structured")
    thread_id, item = events[0]["thread"]["id"], the(events, "structured_input")
    kind = "threads.add_structured_input"
    answers = {"priority": {"values": ["High", "Low"]}, "bogus": {"values": ["x"]}}
    params = {"thread_id": thread_id, "item_id": item["id"], "input": {"status": "answered", "answers": answers}}
    resumed = read(kind, ada.chatkit(kind, **params))
    before = {it["id"]: it for it in fold(events)}
    assert fold(resumed, before) == stored(ada, thread_id)
    assert [it["answer"]["skipped"] for it in resumed[1]["item"]["inputs"]] == [False, True]
    assert ada.chatkit(kind, **params).status_code == 409


def test_an_action_changes_its_widget_for_good(ada: User) -> None:
    events = create(ada, "/widget")
    thread_id, widget = events[0]["thread"]["id"], the(events, "widget")
    params = {"thread_id": thread_id, "item_id": widget["id"], "action": {"type": "go", "payload": {"n": 1}}}
    acted = read("threads.custom_action", ada.chatkit("threads.custom_action", **params))
    # The Python SDK forgets what an action did to a widget; Colloquy does not.
    assert fold(acted, {it["id"]: it for it in fold(events)}) == stored(ada, thread_id)

    at_once = ada.chatkit("threads.sync_custom_action", **params)
    SyncCustomActionResponse.model_validate_json(at_once.content)
    check_values(at_once.json())
    assert at_once.json()["updated_item"] == stored(ada, thread_id)[1]

    of_the_page = {"thread_id": thread_id, "action": {"type": "go"}}
    assert read("threads.custom_action", ada.chatkit("threads.custom_action", **of_the_page))
    assert ada.chatkit("threads.sync_custom_action", **of_the_page).json() == {}
    params["item_id"] = events[1]["item"]["id"]
    assert ada.chatkit("threads.custom_action", **params).status_code == 400


def test_nobody_writes_to_a_locked_thread(ada: User) -> None:
    thread_id = create(ada, "/lock")[0]["thread"]["id"]
    thread = THREAD.validate_json(ada.chatkit("threads.get_by_id", thread_id=thread_id).content)
    assert thread.status.type == "locked"
    refused = ada.chatkit("threads.add_user_message", thread_id=thread_id, input=message("Hello?"))
    assert (refused.status_code, refused.json()["code"]) == (403, "locked")
