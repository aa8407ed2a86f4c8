"""The text of an answer as a client builds it from the events of its stream."""

from history import Connection

SNAPSHOTS = ("thread.item.replaced", "thread.item.removed")


class Fold:
    """The messages of the assistant that a reader has, by their ids."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.marks: dict[str, dict] = {}

    def take(self, body: dict) -> None:
        kind, item = body.get("type"), body.get("item", {})
        if kind in ("thread.item.added", "thread.item.done", "thread.item.replaced"):
            if item.get("type") == "assistant_message":
                self.texts[item["id"]] = "".join(part["text"] for part in item["content"])
                self.marks[item["id"]] = item.get("colloquy", {})
        elif kind == "thread.item.removed":
            self.texts.pop(body["item_id"], None)
            self.marks.pop(body["item_id"], None)
        elif kind == "thread.item.updated":
            self._update(body["item_id"], body["update"])

    def _update(self, item_id: str, update: dict) -> None:
        if update["type"] == "assistant_message.content_part.text_delta":
            self.texts[item_id] = self.texts.get(item_id, "") + update["delta"]
        elif update["type"] in ("assistant_message.content_part.added", "assistant_message.content_part.done"):
            self.texts[item_id] = update["content"]["text"]


def longest_texts(connections: list[Connection], until: float) -> dict[str, str]:
    """The longest text of each message that a reader had until a moment."""
    fold, found = Fold(), {}
    for event in (event for connection in connections for event in connection.events if event.at <= until):
        fold.take(event.body)
        for item_id, text in fold.texts.items():
            found[item_id] = max(found.get(item_id, ""), text, key=len)
    return found


def marks_of(connections: list[Connection], item_id: str) -> dict:
    """The marks of a message as a reader saw them last."""
    fold = Fold()
    for event in (event for connection in connections for event in connection.events):
        fold.take(event.body)
    return fold.marks.get(item_id, {})
