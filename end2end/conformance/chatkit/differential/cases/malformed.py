"""What is no request."""

import json

from cases.table import Case, flow, one
from side import Side, message

CREATE = "threads.create"
GET = {"type": "threads.get_by_id", "params": {"thread_id": "thr_0123456789abcdef"}}
KINDS = [
    "threads.create", "threads.add_user_message", "threads.add_client_tool_output", "threads.add_structured_input",
    "threads.retry_after_item", "threads.custom_action", "threads.sync_custom_action", "threads.get_by_id", "threads.list",
    "threads.update", "threads.delete", "items.list", "items.feedback", "attachments.create", "attachments.delete",
    "input.transcribe",
]


def body(name: str, text: str | bytes) -> Case:
    """A body of any bytes."""
    return Case(f"body: {name}", lambda side: side.post(text, "new"))


def without(field: str) -> dict:
    """A message that lacks a field."""
    return {key: it for key, it in message("/long 1").items() if key != field}


@flow("extra fields are ignored")
def extra(side: Side) -> None:
    more = message("/long 1", color="red", inference_options={"temperature": 2}) | {"id": "msg_mine"}
    more["content"][0]["bold"] = True
    side.send(CREATE, metadata={"any": {"thing": None}}, input=more, extra=1)


CASES = [
    extra,
    body("empty", ""),
    body("no JSON", "{nonsense"),
    body("a string", '"threads.list"'),
    body("a list", "[]"),
    body("null", "null"),
    body("no UTF-8", b'{"type":"threads.list","params":{"after":"\xff"}}'),
    body("a lone surrogate", r'{"type":"threads.list","params":{"after":"\ud800"}}'),
    body("U+0000", r'{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"\u0000"}],'
         r'"attachments":[],"inference_options":{}}}}'),
    body("a byte order mark", b"\xef\xbb\xbf" + json.dumps({"type": "threads.list", "params": {}}).encode()),
    body("white space around", '  {"type":"threads.list","params":{}}\n\n'),
    body("deeply nested", '{"type":"threads.list","params":{},"metadata":' + '{"a":' * 5000 + "1" + "}" * 5000 + "}"),
    body("a key twice", '{"type":"threads.get_by_id","type":"threads.list","params":{}}'),
    body("no type", '{"params":{}}'),
    body("an unknown type", '{"type":"threads.sing","params":{}}'),
    body("a number as the type", '{"type":1,"params":{}}'),
    body("2 MB", json.dumps({"type": CREATE, "params": {"input": message("x" * 2_000_000)}})),
    *(body(f"{kind} without params", json.dumps({"type": kind})) for kind in KINDS),
    *(body(f"{kind} with empty params", json.dumps({"type": kind, "params": {}})) for kind in KINDS),
    body("params are a list", json.dumps(GET | {"params": []})),
    body("params are null", json.dumps({"type": "threads.list", "params": None})),
    body("metadata is a list", json.dumps({"type": "threads.list", "params": {}, "metadata": []})),
    body("metadata is null", json.dumps({"type": "threads.list", "params": {}, "metadata": None})),
    *(one(f"create: without {it}", CREATE, input=without(it)) for it in ("content", "attachments", "inference_options")),
    one("create: a text instead of content", CREATE, input=message("") | {"content": "Hello"}),
    one("create: content of an unknown type", CREATE, input=message("") | {"content": [{"type": "input_smell"}]}),
    one("create: a number as text", CREATE, input=message("") | {"content": [{"type": "input_text", "text": 1}]}),
    one("create: a number as an attachment", CREATE, input=message("", attachments=[1])),
    one("create: null as the inference options", CREATE, input=message("", inference_options=None)),
]
