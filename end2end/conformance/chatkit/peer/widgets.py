"""The demo's widgets, from the same files: what is a template is rendered by the official package."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

from chatkit.actions import Action
from chatkit.server import stream_widget
from chatkit.types import ThreadMetadata, ThreadStreamEvent, WidgetItem
from chatkit.widgets import DynamicWidgetRoot, WidgetTemplate

FILES = Path(__file__).parents[4] / "src/server/chat/relay/demo/widgets"


def named(thread: ThreadMetadata, name: str) -> AsyncIterator[ThreadStreamEvent]:
    """Sends the widget of a name."""
    return stream_widget(thread, built(name))


def built(name: str, **more: object) -> DynamicWidgetRoot:
    """The widget of a name; a template may be given more than its file of what is given."""
    template = FILES / f"{name}.widget"
    if template.exists():
        given = json.loads((FILES / f"{name}.given.json").read_text())
        return WidgetTemplate.from_file(str(template)).build(given | more)
    return DynamicWidgetRoot.model_validate_json((FILES / f"{name}.json").read_text())


def after(action: Action, sender: WidgetItem) -> DynamicWidgetRoot:
    """What a widget becomes when its action is done: the component `said` tells which it was."""
    if action.type == "flight.book":
        return built("flight", booked=True)
    root = sender.widget.model_dump()
    say(root, f"{action.type} {json.dumps(action.payload, separators=(',', ':'))}")
    return DynamicWidgetRoot.model_validate(root)


def say(node: dict, text: str) -> None:
    """Puts a text into the component `said`."""
    if node.get("id") == "said":
        node["value"] = text
    children = node.get("children") or []
    for child in children if isinstance(children, list) else [children]:
        say(child, text)
