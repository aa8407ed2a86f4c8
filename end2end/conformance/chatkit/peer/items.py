"""The items and events that Colloquy's demo makes, made by the official package."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from chatkit.server import stream_widget
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientEffectEvent,
    ClientToolCallItem,
    CustomTask,
    DurationSummary,
    EndOfTurnItem,
    EntitySource,
    ErrorEvent,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    HiddenContextItem,
    ImageTask,
    NoticeEvent,
    ProgressUpdateEvent,
    SearchTask,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    TaskItem,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import DynamicWidgetRoot

Events = AsyncIterator[ThreadStreamEvent]

# The demo's own picture, from the same file.
LANDSCAPE = (Path(__file__).parents[4] / "src/server/chat/relay/demo/landscape.svg").read_text()
BLUR = '<filter id="blur"><feGaussianBlur stdDeviation="24"/></filter><g filter="url(#blur)">'


def picture(svg: str) -> str:
    """The address that is the picture itself."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


SHARP = picture(LANDSCAPE)
BLURRED = picture(LANDSCAPE.replace("<g>", BLUR, 1))


def base(thread: ThreadMetadata, prefix: str) -> dict:
    """What every item has. The package's own ids have 32 random bits, of which some thousand items collide."""
    return {"id": f"{prefix}_{uuid4().hex}", "thread_id": thread.id, "created_at": datetime.now()}


def words(text: str) -> list[str]:
    """The pieces in which a text is said: words with the space that follows."""
    return re.findall("[^ ]* |[^ ]+", text)


async def say(thread: ThreadMetadata, pieces: list[str], failure: Exception | None = None) -> Events:
    """An assistant message, piece by piece; where there is a failure, it comes in the place of the message's end."""
    item = AssistantMessageItem(**base(thread, "msg"), content=[])
    yield ThreadItemAddedEvent(item=item)
    first = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
    yield ThreadItemUpdatedEvent(item_id=item.id, update=first)
    for piece in pieces:
        delta = AssistantMessageContentPartTextDelta(content_index=0, delta=piece)
        yield ThreadItemUpdatedEvent(item_id=item.id, update=delta)
    if failure:
        raise failure
    content = AssistantMessageContent(text="".join(pieces))
    done = AssistantMessageContentPartDone(content_index=0, content=content)
    yield ThreadItemUpdatedEvent(item_id=item.id, update=done)
    yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]}))


async def tool_call(thread: ThreadMetadata) -> Events:
    arguments = {"project": "p1", "none": None}
    call_id = f"call_{uuid4().hex}"
    yield ThreadItemDoneEvent(
        item=ClientToolCallItem(**base(thread, "tc"), call_id=call_id, name="get_selection", arguments=arguments)
    )


async def questions(thread: ThreadMetadata) -> Events:
    options = [StructuredInputMultipleChoiceOption(value=it) for it in ("Low", "High")]
    urgency = StructuredInputMultipleChoice(id="priority", question="How urgent is it?", options=options)
    notes = StructuredInputFreeform(id="notes", question="Anything else?", description="As you like.")
    yield ThreadItemDoneEvent(item=StructuredInputItem(**base(thread, "si"), inputs=[urgency, notes]))


async def workflow(thread: ThreadMetadata) -> Events:
    item = WorkflowItem(**base(thread, "wf"), workflow=Workflow(type="reasoning", tasks=[]))
    tasks = [
        ThoughtTask(content="Thinking hard", status_indicator="complete"),
        SearchTask(title="Search", queries=["rust wasm"], sources=[URLSource(title="Rust", url="https://rust-lang.org")]),
        CustomTask(title="Put together", icon="bolt", content="All of it"),
        FileTask(title="Read", sources=[FileSource(title="Notes", filename="notes.pdf")]),
        ImageTask(title="Draw"),
    ]
    yield ThreadItemAddedEvent(item=item)
    updates = [
        WorkflowTaskAdded(task_index=0, task=ThoughtTask(content="Thinking")),
        WorkflowTaskUpdated(task_index=0, task=tasks[0]),
        *(WorkflowTaskAdded(task_index=at, task=tasks[at]) for at in range(1, 5)),
    ]
    for update in updates:
        yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
    whole = Workflow(type="reasoning", tasks=tasks, summary=DurationSummary(duration=3))
    yield ThreadItemDoneEvent(item=item.model_copy(update={"workflow": whole}))


async def task(thread: ThreadMetadata) -> Events:
    done = CustomTask(title="Looked it up", icon="check", status_indicator="complete")
    yield ThreadItemDoneEvent(item=TaskItem(**base(thread, "tsk"), task=done))
    yield ThreadItemDoneEvent(item=EndOfTurnItem(**base(thread, "eot")))


async def annotated(thread: ThreadMetadata) -> Events:
    item = AssistantMessageItem(**base(thread, "msg"), content=[])
    text = "The documents say so."
    annotations = [
        Annotation(source=URLSource(title="Docs", url="https://example.com", attribution="Example"), index=13),
        Annotation(source=FileSource(title="Q1", filename="q1.pdf"), index=13),
        Annotation(
            source=EntitySource(
                id="e1", title="ACME", icon="suitcase", label="Customer", interactive=True, data={"href": "x", "none": None}
            ),
            index=20,
        ),
    ]
    content = AssistantMessageContent(text=text, annotations=annotations)
    yield ThreadItemAddedEvent(item=item)
    updates = [
        AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text="")),
        *(AssistantMessageContentPartTextDelta(content_index=0, delta=it) for it in words(text)),
        *(
            AssistantMessageContentPartAnnotationAdded(content_index=0, annotation_index=at, annotation=it)
            for at, it in enumerate(annotations)
        ),
        AssistantMessageContentPartDone(content_index=0, content=content),
    ]
    for update in updates:
        yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
    yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]}))


async def image(thread: ThreadMetadata) -> Events:
    item = GeneratedImageItem(**base(thread, "msg"))
    blurred, sharp = (GeneratedImage(id="img_1", url=it) for it in (BLURRED, SHARP))
    yield ThreadItemAddedEvent(item=item)
    yield ThreadItemUpdatedEvent(item_id=item.id, update=GeneratedImageUpdated(image=blurred, progress=0.5))
    yield ThreadItemDoneEvent(item=item.model_copy(update={"image": sharp}))


async def effects() -> Events:
    yield ProgressUpdateEvent(icon="search", text="Searching…")
    yield ClientEffectEvent(name="highlight", data={"index": 1, "none": None})
    yield NoticeEvent(level="warning", title="Limit", message="You have **10** messages left.")


async def hidden(thread: ThreadMetadata) -> Events:
    """Hidden items, by every event that could carry them."""
    first = HiddenContextItem(**base(thread, "shcx"), content={"secret": 1, "none": None})
    yield ThreadItemDoneEvent(item=first)
    yield ThreadItemReplacedEvent(item=first)
    yield ThreadItemAddedEvent(item=HiddenContextItem(**base(thread, "shcx"), content="secret"))


async def replaced(thread: ThreadMetadata) -> Events:
    first, second = base(thread, "msg"), base(thread, "msg")

    def message(of: dict, text: str) -> AssistantMessageItem:
        return AssistantMessageItem(**of, content=[AssistantMessageContent(text=text)])

    yield ThreadItemDoneEvent(item=message(first, "This will be replaced."))
    yield ThreadItemReplacedEvent(item=message(first, "This took its place."))
    yield ThreadItemDoneEvent(item=message(second, "This will be removed."))
    yield ThreadItemRemovedEvent(item_id=second["id"])


async def error() -> Events:
    yield ErrorEvent(message="The demo reports an error, because you asked it to.")


def card(*children: dict) -> DynamicWidgetRoot:
    return DynamicWidgetRoot.model_validate({"type": "Card", "children": list(children)})


def widget(thread: ThreadMetadata) -> Events:
    """A widget whose text grows; the package finds the differences of its states by itself."""
    text = "Hello from a widget."

    def state(value: str, is_streaming: bool) -> DynamicWidgetRoot:
        go = {"type": "go", "payload": {"n": 1, "none": None}, "handler": "server"}
        at_once = {"type": "go", "payload": None, "handler": "server", "streaming": False}
        return card(
            {"type": "Text", "id": "text", "value": value, "streaming": is_streaming},
            {"type": "Button", "label": "Go", "onClickAction": go},
            {"type": "Button", "label": "Go at once", "onClickAction": at_once},
        )

    async def states() -> AsyncIterator[DynamicWidgetRoot]:
        said = ""
        yield state(said, True)
        for word in words(text):
            said += word
            yield state(said, True)
        yield state(text, False)

    return stream_widget(thread, states(), copy_text=text)
