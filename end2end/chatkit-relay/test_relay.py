"""Conversations through our server with a real FastAPI server behind it: what it says, we tell and store."""

import json

import pytest

from client import User, sign_up
from conftest import Pair, eventually, free_port, message, pair, read
from server import SECRET

HIDDEN = {"hidden_context_item", "sdk_hidden_context"}
# What the backend makes, by the question that it is asked.
KINDS = {
    "Hello": ["assistant_message"],
    "/annotations": ["assistant_message"],
    "/workflow": ["workflow", "assistant_message"],
    "/task": ["task", "end_of_turn"],
    "/widget": ["widget"],
    "/structured": ["structured_input"],
    "/tool": ["client_tool_call"],
    "/image": ["generated_image"],
    "/effects": ["assistant_message"],
    "/hidden": ["assistant_message"],
    "/replace": ["assistant_message"],
    "/lock": ["assistant_message"],
    "/error": ["assistant_message"],
}


def create(user: User, text: str, **more) -> list[dict]:
    return read(user.chatkit("threads.create", input=message(text, **more)))


def thread_of(events: list[dict]) -> str:
    assert events[0]["type"] == "thread.created"
    return events[0]["thread"]["id"]


def stored(user: User, thread_id: str) -> list[dict]:
    answer = user.chatkit("items.list", thread_id=thread_id, order="asc", limit=100)
    return answer.raise_for_status().json()["data"]


def plain(items: list[dict]) -> list[dict]:
    """Items without names and moments, which each server gives itself, and without what clients never see."""
    names = ("id", "thread_id", "created_at", "colloquy")
    visible = [item for item in items if item["type"] not in HIDDEN]
    return [{key: value for key, value in item.items() if key not in names} for item in visible]


def check_same(servers: Pair, user: User, thread_id: str) -> list[dict]:
    """What we have of the user's only thread is what the server behind has."""
    [there] = servers.threads_of(user)
    here = stored(user, thread_id)
    assert plain(here) == plain(there["items"])
    return here


def errors(events: list[dict]) -> list[dict]:
    return [event for event in events if event["type"] == "error"]


def the(items: list[dict], kind: str) -> dict:
    [item] = [item for item in items if item["type"] == kind]
    return item


@pytest.mark.parametrize("question", KINDS)
def test_every_kind_of_item_passes_and_is_stored(servers: Pair, ada: User, question: str):
    events = create(ada, question)
    here = check_same(servers, ada, thread_of(events))
    assert [item["type"] for item in here] == ["user_message", *KINDS[question]]
    told = {}
    for event in events:
        if event["type"] in ("thread.item.done", "thread.item.replaced"):
            told[event["item"]["id"]] = event["item"]
        elif event["type"] == "thread.item.removed":
            told.pop(event["item_id"], None)
    assert list(told.values()) == here
    assert "a secret" not in str(events)


def test_what_happens_beside_the_conversation_passes(ada: User):
    kinds = [event["type"] for event in create(ada, "/effects")]
    assert {"progress_update", "client_effect", "notice"} <= set(kinds)


def test_all_of_a_message_goes_there_and_the_user_is_known_by_the_token(servers: Pair, ada: User):
    new = {"name": "a.txt", "size": 4, "mime_type": "text/plain"}
    announced = ada.chatkit("attachments.create", **new).raise_for_status().json()
    path = announced["upload_descriptor"]["url"].split("/", 3)[3]
    ada.http.put(f"/{path}", content=b"Milk", headers={"content-type": "text/plain"}).raise_for_status()
    more = {"quoted_text": "this", "inference_options": {"model": "big"}, "attachments": [announced["id"]]}
    events = create(ada, "Hello", **more)
    answer = stored(ada, thread_of(events))[1]["content"][0]["text"]
    assert answer == f"You said 'Hello' about 'this' to 'big' with ['Milk'] as {ada.id}."
    [there] = servers.threads_of(ada)
    assert [it["name"] for it in there["items"][0]["attachments"]] == ["a.txt"]


def test_the_token_is_for_five_minutes_and_no_use_to_us(servers: Pair, ada: User):
    create(ada, "Hello")
    [seen] = [it for it in servers.seen()["tokens"] if it["claims"]["sub"] == ada.id]
    claims = seen["claims"]
    assert claims["exp"] - claims["iat"] == 300
    assert "sid" not in claims and "aud" not in claims
    refused = User(ada.url, ada.id, seen["token"], ada.http).chatkit("threads.list")
    assert refused.status_code == 401


def test_the_conversation_goes_on_and_users_do_not_meet(servers: Pair, ada: User):
    bob = sign_up(servers.url)
    hers, his = thread_of(create(ada, "/structured")), thread_of(create(bob, "/structured"))
    for text in ("And?", "/workflow"):
        read(ada.chatkit("threads.add_user_message", thread_id=hers, input=message(text)))
    assert len(check_same(servers, ada, hers)) == 7
    assert len(check_same(servers, bob, his)) == 2
    assert ada.chatkit("items.list", thread_id=his).status_code == 404


def test_a_tool_answers(servers: Pair, ada: User):
    thread_id = thread_of(create(ada, "/tool"))
    result = {"selected": ["a", None]}
    events = read(ada.chatkit("threads.add_client_tool_output", thread_id=thread_id, result=result))
    assert events[-1]["item"]["content"][0]["text"] == "You answered."
    call = the(check_same(servers, ada, thread_id), "client_tool_call")
    assert (call["status"], call["output"]) == ("completed", result)


def test_questions_are_answered(servers: Pair, ada: User):
    thread_id = thread_of(create(ada, "/structured"))
    item_id = the(stored(ada, thread_id), "structured_input")["id"]
    answers = {"status": "answered", "answers": {"prio": {"values": ["High"], "skipped": False}}}
    read(ada.chatkit("threads.add_structured_input", thread_id=thread_id, item_id=item_id, input=answers))
    asked = the(check_same(servers, ada, thread_id), "structured_input")
    assert (asked["id"], asked["status"]) == (item_id, "answered")
    assert [it["answer"]["values"] for it in asked["inputs"]] == [["High"], []]


def test_widgets_act(servers: Pair, ada: User):
    thread_id = thread_of(create(ada, "/widget"))
    item_id = the(stored(ada, thread_id), "widget")["id"]
    action = {"type": "go", "payload": {"n": 1, "none": None}}
    where = {"thread_id": thread_id, "item_id": item_id, "action": action}
    read(ada.chatkit("threads.custom_action", **where))
    here = check_same(servers, ada, thread_id)
    assert here[1]["widget"]["children"][0]["value"] == "clicked"
    assert here[2]["content"][0]["text"] == "Action go {'n': 1, 'none': None}"
    acted = ada.chatkit("threads.sync_custom_action", **where).raise_for_status().json()
    assert acted["updated_item"] == check_same(servers, ada, thread_id)[1]
    assert acted["updated_item"]["widget"]["children"][0]["value"].startswith("at once")
    of_page = ada.chatkit("threads.sync_custom_action", thread_id=thread_id, action=action)
    assert of_page.raise_for_status().json() == {}


def test_a_message_is_answered_again(servers: Pair, ada: User):
    thread_id = thread_of(create(ada, "Hello"))
    question, first = stored(ada, thread_id)
    read(ada.chatkit("threads.retry_after_item", thread_id=thread_id, item_id=question["id"]))
    _, second = check_same(servers, ada, thread_id)
    assert second["id"] != first["id"] and second["colloquy"] == {"versions": 2, "version": 2}


def test_the_title_and_the_status_of_there_are_ours(servers: Pair, ada: User):
    thread_id = thread_of(create(ada, "/lock"))
    thread = ada.chatkit("threads.get_by_id", thread_id=thread_id).json()
    assert (thread["title"], thread["status"]) == ("About /lock", {"type": "locked", "reason": "Escalated"})
    assert thread["allowed_image_domains"] == ["images.example"]
    [there] = servers.threads_of(ada)
    assert there["title"] == "About /lock"


def test_errors_keep_their_words(ada: User):
    quota = create(ada, "/quota")
    error = {"type": "error", "code": "custom", "message": "Quota exhausted.", "allow_retry": True}
    assert errors(quota) == [error]
    raised = create(ada, "/raise")
    error = {"type": "error", "code": "stream.error", "allow_retry": True}
    assert errors(raised) == [error]
    # What the server behind loses, we keep.
    half = stored(ada, thread_of(raised))[1]
    assert (half["content"][0]["text"], half["colloquy"]) == ("half ", {"interrupted": True})
    going_on = [event["type"] for event in create(ada, "/error")]
    assert going_on.index("error") < going_on.index("thread.item.added")


def test_leaving_stops_the_server_behind(servers: Pair, ada: User):
    ask = {"type": "threads.create", "params": {"input": message("/slow 600")}}
    headers = {"authorization": f"Bearer {ada.token}"}
    with ada.http.stream("POST", "/chatkit", json=ask, headers=headers) as answer:
        for line in answer.iter_lines():
            if '"w2 "' in line:
                break

    def both_stored() -> bool:
        [there] = servers.threads_of(ada)
        return "sdk_hidden_context" in [item["type"] for item in there["items"]]

    eventually(both_stored, "the server behind stops")
    [thread] = ada.chatkit("threads.list").json()["data"]
    eventually(lambda: len(stored(ada, thread["id"])) == 2, "what was written is stored")
    here = stored(ada, thread["id"])[1]
    assert here["content"][0]["text"].startswith("w0 w1 w2 ") and here["colloquy"] == {"interrupted": True, "stopped": True}
    events = read(ada.chatkit("threads.add_user_message", thread_id=thread["id"], input=message("Hello")))
    assert events[-1]["item"]["content"][0]["text"].startswith("You said 'Hello'")


def test_a_resumable_client_that_leaves_stops_nobody(servers: Pair, ada: User):
    ask = {
        "type": "threads.create",
        "params": {"input": message("/slow 15")},
        "metadata": {"colloquy": {"resumable": True}},
    }
    headers = {"authorization": f"Bearer {ada.token}"}
    with ada.http.stream("POST", "/chatkit", json=ask, headers=headers) as answer:
        for line in answer.iter_lines():
            if '"thread.updated"' in line:
                updated = json.loads(line.removeprefix("data: "))["thread"]
            if '"w2 "' in line:
                break
    [thread] = ada.chatkit("threads.list").json()["data"]
    assert updated["title"] == "About /slow 15" and updated["metadata"]["colloquy"]["run"]["id"]
    run = thread["metadata"]["colloquy"]["run"]["id"]
    rest = ada.http.get(f"/chatkit/runs/{run}", headers=headers).text
    assert '"w14 "' in rest
    assert check_same(servers, ada, thread["id"])[1]["content"][0]["text"].endswith("w14 ")


def test_what_users_do_to_threads_is_done_there(servers: Pair, ada: User):
    thread_id = thread_of(create(ada, "Hello"))
    ada.chatkit("threads.update", thread_id=thread_id, title="Mine").raise_for_status()
    eventually(lambda: servers.threads_of(ada)[0]["title"] == "Mine", "the title")
    item_id = stored(ada, thread_id)[1]["id"]
    given = {"thread_id": thread_id, "item_ids": [item_id], "kind": "positive"}
    headers = {"authorization": f"Bearer {ada.token}"}
    ada.http.post("/chatkit", json={"type": "items.feedback", "params": given}, headers=headers).raise_for_status()
    there = servers.threads_of(ada)[0]["items"]
    expected = [there[1]["thread_id"], [there[1]["id"]], "positive"]
    eventually(lambda: expected in servers.seen()["feedback"], "the feedback")
    ada.chatkit("threads.delete", thread_id=thread_id).raise_for_status()
    eventually(lambda: servers.threads_of(ada) == [], "the thread is deleted")


def test_a_lost_conversation_is_told_and_kept():
    with pair({"SECRET": SECRET}, {}) as servers:
        ada = sign_up(servers.url)
        thread_id = thread_of(create(ada, "Hello"))
        servers.forget()
        events = read(ada.chatkit("threads.add_user_message", thread_id=thread_id, input=message("And?")))
        [error] = errors(events)
        assert "does not know this conversation any more" in error["message"]
        assert [item["type"] for item in stored(ada, thread_id)] == ["user_message", "assistant_message", "user_message"]
        assert errors(create(ada, "Hello")) == []


def test_a_token_with_another_secret_is_refused_and_told():
    with pair({"SECRET": "another secret that is long enough"}, {}) as servers:
        ada = sign_up(servers.url)
        events = create(ada, "Hello")
        [error] = errors(events)
        assert "refused our token" in error["message"] and error["allow_retry"] is False
        assert len(stored(ada, thread_of(events))) == 1


@pytest.mark.parametrize("theirs", ["the-backend", "another"])
def test_the_audience_is_the_one_that_is_configured(theirs: str):
    with pair({"SECRET": SECRET, "AUDIENCE": theirs}, {"CHATKIT_UPSTREAM_AUDIENCE": "the-backend"}) as servers:
        refused = errors(create(sign_up(servers.url), "Hello"))
        assert len(refused) == (theirs == "another")


def test_tokens_of_a_key_of_ours_are_verified_by_its_public_half():
    listen = f"127.0.0.1:{free_port()}"
    with pair({"COLLOQUY": f"http://{listen}"}, {"LISTEN": listen, "JWT_ALGORITHM": "EdDSA"}) as servers:
        ada = sign_up(servers.url)
        create(ada, "Hello")
        assert servers.seen()["tokens"][-1]["claims"]["sub"] == ada.id
