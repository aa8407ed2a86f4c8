"""Messages are sent and answered, and answered again."""

from cases.table import Case, flow, one
from side import Side, message, the

UNKNOWN = "thr_0123456789abcdef"
COMMANDS = [
    "/long 300", "/tool", "/widget", "/workflow", "/task", "/annotations", "/structured", "/image", "/effects", "/hidden",
    "/replace", "/error", "/lock", "/fail", "/fail 500",
]


def asked(text: str) -> Case:
    """A thread is opened with a command; the stream is compared, and what is stored."""
    return Case(f"create: {text}", lambda side: side.list(side.thread(text)))


@flow("add_user_message: to a thread")
def add(side: Side) -> None:
    thread_id = side.thread()
    side.send("threads.add_user_message", thread_id=thread_id, input=message("/long 3"))
    side.list(thread_id)


@flow("add_user_message: somebody else's thread")
def add_foreign(side: Side) -> None:
    thread_id = side.thread()
    side.send("threads.add_user_message", "bob", thread_id=thread_id, input=message("/long 1"))
    side.list(thread_id)


@flow("add_user_message: to a locked thread")
def add_locked(side: Side) -> None:
    thread_id = side.thread("/lock")
    side.send("threads.add_user_message", thread_id=thread_id, input=message("/long 1"))
    side.list(thread_id)


@flow("add_user_message: while a tool is waited for")
def add_pending(side: Side) -> None:
    thread_id = side.thread("/tool")
    side.send("threads.add_user_message", thread_id=thread_id, input=message("/long 1"))
    side.list(thread_id)


def greeted(side: Side, input: dict) -> None:
    """Opens a thread with a message that is no command: each server greets in its own words, which are left out."""
    events = side.send("threads.create", input=input)["events"]
    side.answers[-1]["events"] = side.answers[-1]["events"][:3]
    side.send("items.list", thread_id=events[0]["thread"]["id"], order="asc", limit=1)


@flow("create: quoted text, a model, a tool and a tag")
def create_rich(side: Side) -> None:
    options = {"model": "m1", "tool_choice": {"id": "search"}}
    rich = message("Hello ", quoted_text="Before", inference_options=options)
    rich["content"].append({"type": "input_tag", "id": "t1", "text": "@ada", "data": {"a": None}, "group": "people"})
    greeted(side, rich)


@flow("create: an empty message")
def create_empty(side: Side) -> None:
    greeted(side, {"content": [], "attachments": [], "inference_options": {}})


@flow("retry: the last message")
def retry(side: Side) -> None:
    events = side.create("/long 3")
    thread_id, item_id = events[0]["thread"]["id"], the(events, "user_message")
    side.send("threads.retry_after_item", thread_id=thread_id, item_id=item_id)
    side.list(thread_id)


@flow("retry: a message with turns after it")
def retry_earlier(side: Side) -> None:
    events = side.create("/long 2")
    thread_id, item_id = events[0]["thread"]["id"], the(events, "user_message")
    side.send("threads.add_user_message", thread_id=thread_id, input=message("/long 3"))
    side.send("threads.retry_after_item", thread_id=thread_id, item_id=item_id)
    side.list(thread_id)


@flow("retry: an unknown item")
def retry_unknown(side: Side) -> None:
    thread_id = side.thread()
    side.send("threads.retry_after_item", thread_id=thread_id, item_id="msg_0123456789abcdef")
    side.list(thread_id)


@flow("retry: what is no message of the user's")
def retry_answer(side: Side) -> None:
    events = side.create()
    thread_id, item_id = events[0]["thread"]["id"], the(events, "assistant_message")
    side.send("threads.retry_after_item", thread_id=thread_id, item_id=item_id)
    side.list(thread_id)


@flow("retry: somebody else's message")
def retry_foreign(side: Side) -> None:
    events = side.create()
    thread_id, item_id = events[0]["thread"]["id"], the(events, "user_message")
    side.send("threads.retry_after_item", "bob", thread_id=thread_id, item_id=item_id)
    side.list(thread_id)


CASES = [
    *map(asked, COMMANDS),
    *(it for it in list(globals().values()) if isinstance(it, Case)),
    one("add_user_message: an unknown thread", "threads.add_user_message", thread_id=UNKNOWN, input=message("Hello")),
    one("retry: an unknown thread", "threads.retry_after_item", thread_id=UNKNOWN, item_id="msg_0123456789abcdef"),
]
