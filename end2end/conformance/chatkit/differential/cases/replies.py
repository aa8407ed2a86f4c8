"""What a client's tools, widgets and forms send back."""

from cases.table import Case, flow, one
from side import Side, message, the

UNKNOWN = "thr_0123456789abcdef"
NO_ITEM = "msg_0123456789abcdef"
OUTPUT, ANSWERS = "threads.add_client_tool_output", "threads.add_structured_input"
ACTION, ACTION_AT_ONCE = "threads.custom_action", "threads.sync_custom_action"
GO = {"type": "go", "payload": {"n": 1, "none": None}}


def shown(side: Side, text: str, kind: str) -> dict:
    """A thread with an item of a kind, as the parameters that name both."""
    events = side.create(text)
    return {"thread_id": events[0]["thread"]["id"], "item_id": the(events, kind)}


def answers(status: str = "answered", **by_id: dict) -> dict:
    return {"status": status, "answers": by_id}


@flow("tool output: once, and twice")
def output(side: Side) -> None:
    thread_id = side.thread("/tool")
    side.send(OUTPUT, thread_id=thread_id, result={"nodes": [1, None]})
    side.list(thread_id)
    side.send(OUTPUT, thread_id=thread_id, result={})


@flow("tool output: null")
def output_null(side: Side) -> None:
    thread_id = side.thread("/tool")
    side.send(OUTPUT, thread_id=thread_id, result=None)
    side.list(thread_id)


@flow("tool output: none is waited for")
def output_unasked(side: Side) -> None:
    side.send(OUTPUT, thread_id=side.thread(), result={})


@flow("tool output: without a result")
def output_missing(side: Side) -> None:
    side.send(OUTPUT, thread_id=side.thread("/tool"))


@flow("tool output: after another message")
def output_late(side: Side) -> None:
    thread_id = side.thread("/tool")
    side.send("threads.add_user_message", thread_id=thread_id, input=message("/long 1"))
    side.send(OUTPUT, thread_id=thread_id, result={})


@flow("tool output: somebody else's thread")
def output_foreign(side: Side) -> None:
    thread_id = side.thread("/tool")
    side.send(OUTPUT, "bob", thread_id=thread_id, result={})
    side.list(thread_id)


@flow("structured input: too many values, and a question that is none")
def structured(side: Side) -> None:
    params = shown(side, "/structured", "structured_input")
    given = answers(priority={"values": ["High", "Low"]}, bogus={"values": ["x"]})
    side.send(ANSWERS, **params, input=given)
    side.list(params["thread_id"])
    side.send(ANSWERS, **params, input=given)


@flow("structured input: all questions")
def structured_all(side: Side) -> None:
    params = shown(side, "/structured", "structured_input")
    side.send(ANSWERS, **params, input=answers(priority={"values": ["Something else"]}, notes={"values": ["a", "b"]}))


@flow("structured input: skipped")
def structured_skipped(side: Side) -> None:
    params = shown(side, "/structured", "structured_input")
    side.send(ANSWERS, **params, input={"status": "skipped"})


@flow("structured input: one question skipped")
def structured_partly(side: Side) -> None:
    params = shown(side, "/structured", "structured_input")
    side.send(ANSWERS, **params, input=answers(priority={"values": ["Low"], "skipped": True}, notes={}))


@flow("structured input: a status that is none")
def structured_status(side: Side) -> None:
    params = shown(side, "/structured", "structured_input")
    side.send(ANSWERS, **params, input=answers("refused"))


@flow("structured input: an item that asks nothing")
def structured_other(side: Side) -> None:
    params = shown(side, "/long 1", "assistant_message")
    side.send(ANSWERS, **params, input=answers())


@flow("structured input: an unknown item")
def structured_unknown(side: Side) -> None:
    side.send(ANSWERS, thread_id=side.thread(), item_id=NO_ITEM, input=answers())


@flow("structured input: somebody else's")
def structured_foreign(side: Side) -> None:
    params = shown(side, "/structured", "structured_input")
    side.send(ANSWERS, "bob", **params, input=answers())
    side.list(params["thread_id"])


@flow("action: of a widget")
def action(side: Side) -> None:
    params = shown(side, "/widget", "widget")
    side.send(ACTION, **params, action=GO)
    side.list(params["thread_id"])


@flow("action: of the page")
def action_of_page(side: Side) -> None:
    thread_id = side.thread()
    side.send(ACTION, thread_id=thread_id, action={"type": "go"})
    side.send(ACTION, thread_id=thread_id, item_id=None, action={"type": "go", "payload": [1, None]})


@flow("action: of what is no widget")
def action_of_message(side: Side) -> None:
    side.send(ACTION, **shown(side, "/long 1", "user_message"), action=GO)


@flow("action: of an unknown item")
def action_of_unknown(side: Side) -> None:
    side.send(ACTION, thread_id=side.thread(), item_id=NO_ITEM, action=GO)


@flow("action: in a locked thread")
def action_locked(side: Side) -> None:
    side.send(ACTION, thread_id=side.thread("/lock"), action=GO)


@flow("action: somebody else's")
def action_foreign(side: Side) -> None:
    params = shown(side, "/widget", "widget")
    side.send(ACTION, "bob", **params, action=GO)
    side.list(params["thread_id"])


@flow("action at once: of a widget")
def at_once(side: Side) -> None:
    params = shown(side, "/widget", "widget")
    side.send(ACTION_AT_ONCE, **params, action=GO)
    side.list(params["thread_id"])


@flow("action at once: of the page")
def at_once_of_page(side: Side) -> None:
    side.send(ACTION_AT_ONCE, thread_id=side.thread(), action=GO)


@flow("action at once: of what is no widget")
def at_once_of_message(side: Side) -> None:
    side.send(ACTION_AT_ONCE, **shown(side, "/long 1", "user_message"), action=GO)


@flow("action at once: of an unknown item")
def at_once_of_unknown(side: Side) -> None:
    side.send(ACTION_AT_ONCE, thread_id=side.thread(), item_id=NO_ITEM, action=GO)


@flow("action at once: somebody else's")
def at_once_foreign(side: Side) -> None:
    params = shown(side, "/widget", "widget")
    side.send(ACTION_AT_ONCE, "bob", **params, action=GO)
    side.list(params["thread_id"])


@flow("feedback: good, and then bad")
def feedback(side: Side) -> None:
    params = shown(side, "/long 1", "assistant_message")
    for kind in ("positive", "negative"):
        side.send("items.feedback", thread_id=params["thread_id"], item_ids=[params["item_id"]], kind=kind)
    side.list(params["thread_id"])


@flow("feedback: on nothing")
def feedback_on_nothing(side: Side) -> None:
    side.send("items.feedback", thread_id=side.thread(), item_ids=[], kind="positive")


@flow("feedback: on an unknown item")
def feedback_on_unknown(side: Side) -> None:
    side.send("items.feedback", thread_id=side.thread(), item_ids=[NO_ITEM], kind="positive")


@flow("feedback: on somebody else's item")
def feedback_foreign(side: Side) -> None:
    params = shown(side, "/long 1", "assistant_message")
    side.send("items.feedback", "bob", thread_id=params["thread_id"], item_ids=[params["item_id"]], kind="positive")


@flow("feedback: a kind that is none")
def feedback_of_no_kind(side: Side) -> None:
    params = shown(side, "/long 1", "assistant_message")
    side.send("items.feedback", thread_id=params["thread_id"], item_ids=[params["item_id"]], kind="great")


CASES = [
    *(it for it in list(globals().values()) if isinstance(it, Case)),
    one("tool output: an unknown thread", OUTPUT, thread_id=UNKNOWN, result={}),
    one("structured input: an unknown thread", ANSWERS, thread_id=UNKNOWN, item_id=NO_ITEM, input=answers()),
    one("action: an unknown thread", ACTION, thread_id=UNKNOWN, action=GO),
    one("action: without an action", ACTION, thread_id=UNKNOWN),
    one("action: without a type", ACTION, thread_id=UNKNOWN, action={"payload": {}}),
    one("action at once: an unknown thread", ACTION_AT_ONCE, thread_id=UNKNOWN, action=GO),
    one("feedback: an unknown thread", "items.feedback", thread_id=UNKNOWN, item_ids=[], kind="positive"),
]
