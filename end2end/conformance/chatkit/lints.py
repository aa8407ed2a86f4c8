"""What the official models let pass and a client relies on all the same."""

import json

import httpx
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter

EVENT = TypeAdapter(ThreadStreamEvent)
# Everything below belongs to the integration: nulls are kept there.
FREE = {"arguments", "data", "metadata", "payload", "output", "widget", "component"}
HIDDEN = {"hidden_context_item", "sdk_hidden_context"}
# What a stream begins with, by the request that opens it.
OPENINGS = {
    "threads.create": ["thread.created", "thread.item.done", "stream_options"],
    "threads.add_user_message": ["thread.item.done", "stream_options"],
    "threads.add_client_tool_output": ["stream_options"],
    "threads.add_structured_input": ["stream_options", "thread.item.replaced"],
    "threads.custom_action": ["stream_options"],
}


def check_values(value: object, where: str = "$") -> None:
    """No null fields, no hidden items, no moment without a zone, no metadata of attachments."""
    if isinstance(value, list):
        for at, it in enumerate(value):
            check_values(it, f"{where}[{at}]")
    if isinstance(value, dict):
        assert value.get("type") not in HIDDEN, where
        assert not {"mime_type", "metadata"} <= value.keys(), where
        if moment := value.get("created_at"):
            assert moment.endswith("Z"), where
        for key, it in value.items():
            assert it is not None, f"{where}.{key}"
            if key not in FREE or key == "data" and isinstance(it, list):
                check_values(it, f"{where}.{key}")


def read(kind: str, answer: httpx.Response) -> list[dict]:
    """The events of a stream: each framed, valid for the official models, and in its place."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = answer.text.split("\n\n")
    assert blocks.pop() == "", "a stream ends after an event"
    # To a client that does not say otherwise each event is one line of data and nothing else.
    assert all(it.startswith("data: ") and "\n" not in it for it in blocks)
    events = [json.loads(it.removeprefix("data: ")) for it in blocks]
    for block, event in zip(blocks, events, strict=True):
        EVENT.validate_json(block.removeprefix("data: "))
        check_values(event)
    opening = OPENINGS[kind]
    assert [it["type"] for it in events[: len(opening)]] == opening
    assert not {"thread.created", "stream_options"} & {it["type"] for it in events[len(opening) :]}
    assert all(it["thread"]["items"] == {"data": [], "has_more": False} for it in events if "thread" in it)
    return events


def component(node: object, id: str) -> dict | None:
    """The component of a widget with an id."""
    if not isinstance(node, dict):
        return None
    if node.get("id") == id:
        return node
    children = node.get("children", [])
    found = (component(child, id) for child in (children if isinstance(children, list) else [children]))
    return next(filter(None, found), None)


def change(item: dict, update: dict) -> None:
    """Changes an item as the official client does."""
    match update["type"].split("."):
        case ["assistant_message", "content_part", change]:
            parts = item["content"]
            while len(parts) <= update["content_index"]:
                parts.append({"type": "output_text", "text": "", "annotations": []})
            part = parts[update["content_index"]]
            match change:
                case "text_delta":
                    part["text"] += update["delta"]
                case "annotation_added":
                    part["annotations"].insert(update["annotation_index"], update["annotation"])
                case "added" | "done":
                    parts[update["content_index"]] = json.loads(json.dumps(update["content"]))
        case ["widget", "root", "updated"]:
            item["widget"] = json.loads(json.dumps(update["widget"]))
        case ["widget", "streaming_text", "value_delta"]:
            component(item["widget"], update["component_id"])["value"] += update["delta"]
        case ["workflow", "task", "added"]:
            item["workflow"]["tasks"].insert(update["task_index"], update["task"])
        case ["workflow", "task", "updated"]:
            item["workflow"]["tasks"][update["task_index"]] = update["task"]
        case ["generated_image", "updated"]:
            item["image"] = update["image"]
        case other:
            raise AssertionError(f"nobody knows the update {other}")


def fold(events: list[dict], items: dict[str, dict] | None = None) -> list[dict]:
    """The items after a stream. Each update names a live item, and what is done is what its updates told."""
    items = json.loads(json.dumps(items or {}))
    open_ids = set()
    for event in events:
        match event["type"]:
            case "thread.item.added":
                item = event["item"]
                assert item["id"] not in items, "an item begins once"
                items[item["id"]] = json.loads(json.dumps(item))
                open_ids.add(item["id"])
            case "thread.item.updated":
                change(items[event["item_id"]], event["update"])
            case "thread.item.done" | "thread.item.replaced":
                item = event["item"]
                if item["id"] in open_ids and item["type"] == "assistant_message":
                    assert items[item["id"]]["content"] == item["content"]
                open_ids.discard(item["id"])
                items[item["id"]] = item
            case "thread.item.removed":
                del items[event["item_id"]]
    return list(items.values())
