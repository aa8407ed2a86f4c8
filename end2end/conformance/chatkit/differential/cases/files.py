"""Files go with messages, and speech becomes text."""

from cases.table import Case, flow, one
from side import Side, message

# A picture of one transparent pixel.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae42"
    "6082"
)
NO_FILE = "atc_0123456789abcdef"


@flow("attachments: announced, uploaded, sent and read back")
def attach(side: Side) -> None:
    ids = [side.attach("notes.txt", "text/plain"), side.attach("dot.png", "image/png", content=DOT)]
    events = side.send("threads.create", input=message("/long 1", attachments=ids))["events"]
    side.list(events[0]["thread"]["id"])


@flow("attachments: sent before they are uploaded")
def attach_early(side: Side) -> None:
    file = side.send("attachments.create", "new", name="notes.txt", size=5, mime_type="text/plain")["body"]
    side.send("threads.create", "new", input=message("/long 1", attachments=[file["id"]]))
    side.send("threads.list", "new")


@flow("attachments: sent twice")
def attach_twice(side: Side) -> None:
    id = side.attach("notes.txt", "text/plain")
    side.thread("/long 1")
    side.send("threads.create", input=message("/long 1", attachments=[id]))
    side.send("threads.create", input=message("/long 1", attachments=[id]))


@flow("attachments: deleted twice, and then sent")
def delete(side: Side) -> None:
    id = side.attach("notes.txt", "text/plain", "new")
    side.send("attachments.delete", "new", attachment_id=id)
    side.send("attachments.delete", "new", attachment_id=id)
    side.send("threads.create", "new", input=message("/long 1", attachments=[id]))


@flow("attachments: somebody else's is not deleted")
def delete_foreign(side: Side) -> None:
    id = side.attach("notes.txt", "text/plain")
    side.send("attachments.delete", "bob", attachment_id=id)
    side.send("threads.create", input=message("/long 1", attachments=[id]))


@flow("attachments: somebody else's is not sent")
def attach_foreign(side: Side) -> None:
    id = side.attach("notes.txt", "text/plain")
    side.send("threads.create", "new", input=message("/long 1", attachments=[id]))
    side.send("threads.list", "new")


@flow("attachments: an unknown one opens no thread")
def attach_unknown(side: Side) -> None:
    side.send("threads.create", "new", input=message("/long 1", attachments=[NO_FILE]))
    side.send("threads.list", "new")


@flow("attachments: an unknown one in a thread")
def attach_unknown_later(side: Side) -> None:
    thread_id = side.thread()
    side.send("threads.add_user_message", thread_id=thread_id, input=message("/long 1", attachments=[NO_FILE]))
    side.list(thread_id)


CREATE = "attachments.create"

CASES = [
    *(it for it in list(globals().values()) if isinstance(it, Case)),
    one("attachments.create: an empty name", CREATE, name="", size=5, mime_type="text/plain"),
    one("attachments.create: no media type", CREATE, name="a", size=5, mime_type="nonsense"),
    one("attachments.create: a size below zero", CREATE, name="a", size=-1, mime_type="text/plain"),
    one("attachments.create: 10 TB", CREATE, name="a", size=10**13, mime_type="text/plain"),
    one("attachments.create: without a size", CREATE, name="a", mime_type="text/plain"),
    one("attachments.delete: without an id", "attachments.delete"),
    one("transcribe: by a server that cannot", "input.transcribe", audio_base64="AAAA", mime_type="audio/webm"),
    one("transcribe: without a type", "input.transcribe", audio_base64="AAAA"),
]
