"""The official server, answering what Colloquy's demo answers."""

import asyncio
from collections.abc import AsyncIterator

from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer
from chatkit.types import (
    ClientToolCallItem,
    LockedStatus,
    SyncCustomActionResponse,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    UserMessageItem,
    WidgetItem,
    WidgetRootUpdated,
)

import items
import widgets
from items import Events, say, words
from store import Caller

HELP = """This is the official server. It knows what Colloquy's demo knows:

| message | answer |
| --- | --- |
| `/slow n` | n words, ten in a second |
| `/markdown` | some of what Markdown can do |
"""
MARKDOWN = """# Heading 1

A paragraph with *emphasis*, **strong** and `code`, and a [link](https://example.com).

- [x] done
- [ ] to do

```rust
fn main() {}
```

| left | right |
| :--- | ---: |
| a | 1 |

<script>alert('never run')</script>
"""
FAILURE = "The demo failed, because you asked it to."


class Original(ChatKitServer[Caller]):
    """What an integration writes; all the rest is the package's."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Caller
    ) -> Events:
        if input_user_message:
            text = "".join(it.text for it in input_user_message.content).strip()
            if not thread.title and text:
                thread.title = text
            events = answer(thread, text)
        else:
            newest = await self.store.load_thread_items(thread.id, None, 1, "desc", context)
            what = "client result" if isinstance(newest.data[0], ClientToolCallItem) else "your answers"
            events = say(thread, words(f"Resumed after {what}."))
        async for event in events:
            yield event

    async def action(
        self, thread: ThreadMetadata, action: Action, sender: WidgetItem | None, context: Caller
    ) -> Events:
        if sender and action.type != "go":
            yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": widgets.after(action, sender)}))
        elif sender:
            root = items.card({"type": "Text", "id": "text", "value": "Clicked."})
            yield ThreadItemUpdatedEvent(item_id=sender.id, update=WidgetRootUpdated(widget=root))
        async for event in say(thread, words(f"Action {action.type}")):
            yield event

    async def sync_action(
        self, thread: ThreadMetadata, action: Action, sender: WidgetItem | None, context: Caller
    ) -> SyncCustomActionResponse:
        if sender and action.type != "go":
            root = widgets.after(action, sender)
        else:
            root = items.card({"type": "Text", "value": f"Done at once: {action.type}"})
        return SyncCustomActionResponse(updated_item=sender.model_copy(update={"widget": root}) if sender else None)


async def answer(thread: ThreadMetadata, text: str) -> Events:
    """What is said to a message; a command makes it one kind of item."""
    command, _, argument = text.partition(" ")
    sources = {
        "/help": lambda: say(thread, words(HELP)),
        "/markdown": lambda: say(thread, words(MARKDOWN)),
        "/slow": lambda: slow(thread, int(argument)),
        "/long": lambda: say(thread, [f"w{n} " for n in range(int(argument))]),
        "/tool": lambda: items.tool_call(thread),
        "/widget": lambda: widgets.named(thread, argument) if argument else items.widget(thread),
        "/structured": lambda: items.questions(thread),
        "/annotations": lambda: items.annotated(thread),
        "/image": lambda: items.image(thread),
        "/workflow": lambda: then(items.workflow(thread), thread, "The work is done."),
        "/task": lambda: then(items.task(thread), thread, "The task is done."),
        "/effects": lambda: then(items.effects(), thread, "Something happened beside the conversation."),
        "/hidden": lambda: then(items.hidden(thread), thread, "There is something that you cannot see."),
        "/replace": lambda: then(items.replaced(thread), thread, "One item was replaced, another one removed."),
        "/error": lambda: then(items.error(), thread, "This comes after an error."),
        "/lock": lambda: lock(thread),
        "/fail": lambda: fail(thread, argument),
    }
    async for event in sources.get(command, lambda: say(thread, words("This is the original.")))():
        yield event


async def slow(thread: ThreadMetadata, n_words: int) -> Events:
    async for event in say(thread, [f"w{n} " for n in range(n_words)]):
        await asyncio.sleep(0.1)
        yield event


async def then(events: AsyncIterator, thread: ThreadMetadata, text: str) -> Events:
    async for event in events:
        yield event
    async for event in say(thread, words(text)):
        yield event


async def lock(thread: ThreadMetadata) -> Events:
    thread.status = LockedStatus(reason="The demo locked this conversation, because you asked it to.")
    async for event in say(thread, words("This conversation is locked now.")):
        yield event


async def fail(thread: ThreadMetadata, argument: str) -> Events:
    failure = CustomStreamError(FAILURE, allow_retry=True)
    if not argument:
        raise failure
    async for event in say(thread, words("This answer breaks off in the middle of its "), failure):
        yield event
