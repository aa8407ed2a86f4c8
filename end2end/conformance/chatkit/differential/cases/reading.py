"""Threads and items are read, in pages; and they are renamed and deleted."""

from cases.table import Case, flow, one
from side import Side, message, the


@flow("get_by_id: a thread with its items")
def get(side: Side) -> None:
    side.send("threads.get_by_id", thread_id=side.thread())


@flow("get_by_id: the first twenty of many items")
def get_many(side: Side) -> None:
    thread_id = side.thread("/long 1")
    for _ in range(11):
        side.send("threads.add_user_message", thread_id=thread_id, input=message("/long 1"))
    first = side.send("threads.get_by_id", thread_id=thread_id)["body"]["items"]
    side.send("items.list", thread_id=thread_id, order="asc", after=first["after"])
    side.send("items.list", thread_id=thread_id)


@flow("get_by_id: somebody else's thread")
def get_foreign(side: Side) -> None:
    side.send("threads.get_by_id", "bob", thread_id=side.thread())


@flow("threads.list: pages, both ways")
def list_threads(side: Side) -> None:
    for _ in range(3):
        side.thread("/long 1", "new")
    for order in ("desc", "asc"):
        first = side.send("threads.list", "new", limit=2, order=order)["body"]
        side.send("threads.list", "new", limit=2, order=order, after=first["after"])
    side.send("threads.list", "new")
    side.send("threads.list", "new", limit=0)
    side.send("threads.list", "new", limit=9999, order="desc")
    side.send("threads.list", "new", limit=None, after=None)


@flow("items.list: pages, both ways")
def list_items(side: Side) -> None:
    thread_id = side.thread("/task")
    for order in ("desc", "asc"):
        first = side.send("items.list", thread_id=thread_id, limit=3, order=order)["body"]
        side.send("items.list", thread_id=thread_id, limit=3, order=order, after=first["after"])
    side.send("items.list", thread_id=thread_id)
    side.send("items.list", thread_id=thread_id, limit=0)
    side.send("items.list", thread_id=thread_id, limit=9999)


@flow("items.list: a page that begins with a hidden item")
def list_hidden(side: Side) -> None:
    thread_id = side.thread("/hidden")
    first = side.send("items.list", thread_id=thread_id, limit=1, order="asc")["body"]
    side.send("items.list", thread_id=thread_id, limit=1, order="asc", after=first["after"])


@flow("items.list: after an item that is not there")
def list_after_nothing(side: Side) -> None:
    side.send("items.list", thread_id=side.thread(), after="msg_0123456789abcdef")


@flow("items.list: somebody else's thread")
def list_foreign(side: Side) -> None:
    side.send("items.list", "bob", thread_id=side.thread())


@flow("items.list: after an item of another thread")
def list_after_foreign(side: Side) -> None:
    other = the(side.create(), "assistant_message")
    side.send("items.list", thread_id=side.thread(), after=other)


@flow("update: a new title")
def rename(side: Side) -> None:
    thread_id = side.thread()
    side.send("threads.update", thread_id=thread_id, title="Renamed")
    side.send("threads.get_by_id", thread_id=thread_id)


@flow("update: an empty title")
def rename_empty(side: Side) -> None:
    side.send("threads.update", thread_id=side.thread(), title="")


@flow("update: a title with spaces around it")
def rename_spaces(side: Side) -> None:
    side.send("threads.update", thread_id=side.thread(), title="  Renamed ")


@flow("update: a title of 10 kB")
def rename_long(side: Side) -> None:
    side.send("threads.update", thread_id=side.thread(), title="x" * 10_000)


@flow("update: without a title")
def rename_nothing(side: Side) -> None:
    side.send("threads.update", thread_id=side.thread())


@flow("update: somebody else's thread")
def rename_foreign(side: Side) -> None:
    side.send("threads.update", "bob", thread_id=side.thread(), title="Yours")


@flow("delete: twice, and then it is gone")
def delete(side: Side) -> None:
    thread_id = side.thread()
    side.send("threads.delete", thread_id=thread_id)
    side.send("threads.delete", thread_id=thread_id)
    side.send("threads.get_by_id", thread_id=thread_id)
    side.list(thread_id)


@flow("delete: somebody else's thread stays")
def delete_foreign(side: Side) -> None:
    thread_id = side.thread()
    side.send("threads.delete", "bob", thread_id=thread_id)
    side.send("threads.get_by_id", thread_id=thread_id)


@flow("search: threads by a word of theirs")
def search(side: Side) -> None:
    side.thread("/long 1", "new")
    side.thread("/long 2", "new")
    side.send("threads.list", "new", query="w1")


UNKNOWN = "thr_0123456789abcdef"

CASES = [
    *(it for it in list(globals().values()) if isinstance(it, Case)),
    one("get_by_id: an unknown thread", "threads.get_by_id", thread_id=UNKNOWN),
    one("get_by_id: an empty id", "threads.get_by_id", thread_id=""),
    one("get_by_id: a number as the id", "threads.get_by_id", thread_id=1),
    one("threads.list: of somebody without threads", "threads.list", "new"),
    one("threads.list: a negative limit", "threads.list", "new", limit=-1),
    one("threads.list: a limit in quotes", "threads.list", "new", limit="2"),
    one("threads.list: a limit with a fraction", "threads.list", limit=1.5),
    one("threads.list: an order that is none", "threads.list", order="random"),
    one("threads.list: after a thread that is not there", "threads.list", after=UNKNOWN),
    one("items.list: an unknown thread", "items.list", thread_id=UNKNOWN),
    one("update: an unknown thread", "threads.update", thread_id=UNKNOWN, title="Renamed"),
    one("delete: an unknown thread", "threads.delete", thread_id=UNKNOWN),
]
