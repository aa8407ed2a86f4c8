"""Somebody's chat server: FastAPI and the official SDK, in the way its documentation shows it.

It verifies our tokens with PyJWT, keeps threads by their `sub`, and answers commands with items of every kind. Where
`COLLOQUY` names our server, tokens are verified with its public keys, and else with the shared SECRET.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from datetime import datetime

import jwt
import uvicorn
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer, StreamingResult, stream_widget
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
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    HiddenContextItem,
    LockedStatus,
    NoticeEvent,
    ProgressUpdateEvent,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    SyncCustomActionResponse,
    TaskItem,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    URLSource,
    WidgetRootUpdated,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
)
from chatkit.widgets import DynamicWidgetRoot
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from memory_store import Context, Memory


def card(text: str) -> DynamicWidgetRoot:
    button = {"type": "Button", "label": "Go", "onClickAction": {"type": "go", "payload": {"n": 1, "none": None}}}
    tree = {"type": "Card", "children": [{"type": "Text", "id": "t", "value": text}, button]}
    return DynamicWidgetRoot.model_validate(tree)


class Backend(ChatKitServer[Context]):
    def base(self, kind: str, thread, context) -> dict:
        id = self.store.generate_item_id(kind, thread, context)
        return {"id": id, "thread_id": thread.id, "created_at": datetime.now()}

    async def say(self, thread, context, words: list[str], pause: float = 0.0, annotations: list = []):
        item = AssistantMessageItem(**self.base("message", thread, context), content=[])

        def update(update):
            return ThreadItemUpdatedEvent(item_id=item.id, update=update)

        yield ThreadItemAddedEvent(item=item)
        empty = AssistantMessageContent(text="")
        yield update(AssistantMessageContentPartAdded(content_index=0, content=empty))
        for word in words:
            await asyncio.sleep(pause)
            yield update(AssistantMessageContentPartTextDelta(content_index=0, delta=word))
        for at, annotation in enumerate(annotations):
            added = AssistantMessageContentPartAnnotationAdded(
                content_index=0, annotation_index=at, annotation=annotation
            )
            yield update(added)
        content = AssistantMessageContent(text="".join(words), annotations=annotations)
        yield update(AssistantMessageContentPartDone(content_index=0, content=content))
        yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]}))

    async def respond(self, thread, input_user_message, context) -> AsyncIterator:
        text = "".join(part.text for part in input_user_message.content) if input_user_message else ""
        command, _, rest = text.partition(" ")
        if input_user_message and thread.title is None:
            thread.title = f"About {text}"
        play = getattr(self, f"play_{command[1:]}", None) if command.startswith("/") else None
        if play:
            async for event in play(thread, context, rest):
                yield event
            return
        if input_user_message is None:
            words = ["You ", "answered."]
        else:
            files = [MEMORY.files.get(it.id, b"").decode() for it in input_user_message.attachments]
            model = input_user_message.inference_options.model
            words = [
                f"You said {text!r} ",
                f"about {input_user_message.quoted_text!r} to {model!r} with {files!r} ",
                f"as {context['sub']}.",
            ]
        async for event in self.say(thread, context, words):
            yield event

    async def play_annotations(self, thread, context, _):
        sources = [
            URLSource(title="Docs", url="https://example.com", attribution="Example"),
            EntitySource(id="e1", title="ACME", icon="suitcase", interactive=True, data={"href": "x"}),
        ]
        annotations = [Annotation(source=source, index=3) for source in sources]
        async for event in self.say(thread, context, ["See ", "docs"], annotations=annotations):
            yield event

    async def play_workflow(self, thread, context, _):
        base = self.base("workflow", thread, context)
        item = WorkflowItem(**base, workflow=Workflow(type="reasoning", tasks=[]))
        tasks = [ThoughtTask(content="Thinking"), CustomTask(title="Did", icon="bolt", status_indicator="complete")]
        yield ThreadItemAddedEvent(item=item)
        for at, task in enumerate(tasks):
            yield ThreadItemUpdatedEvent(item_id=item.id, update=WorkflowTaskAdded(task_index=at, task=task))
        workflow = Workflow(type="reasoning", tasks=tasks, summary=DurationSummary(duration=3))
        yield ThreadItemDoneEvent(item=WorkflowItem(**base, workflow=workflow))
        async for event in self.say(thread, context, ["Done."]):
            yield event

    async def play_task(self, thread, context, _):
        task = CustomTask(title="Did it", icon="check", content="x")
        yield ThreadItemDoneEvent(item=TaskItem(**self.base("task", thread, context), task=task))
        yield ThreadItemDoneEvent(item=EndOfTurnItem(**self.base("message", thread, context)))

    async def play_widget(self, thread, context, _):
        async def states():
            for text in ("", "Hel", "Hello"):
                yield card(text)

        async for event in stream_widget(thread, states(), copy_text="Hello"):
            yield event

    async def play_structured(self, thread, context, _):
        options = [StructuredInputMultipleChoiceOption(value=value) for value in ("Low", "High")]
        inputs = [
            StructuredInputMultipleChoice(id="prio", question="Prio?", options=options),
            StructuredInputFreeform(id="notes", question="Notes?"),
        ]
        # As careless servers do: the same id in every thread.
        item = StructuredInputItem(id="si_1", thread_id=thread.id, created_at=datetime.now(), inputs=inputs)
        yield ThreadItemDoneEvent(item=item)

    async def play_tool(self, thread, context, _):
        call = {"call_id": "call_1", "name": "get_selection", "arguments": {"project": "p1", "none": None}}
        yield ThreadItemDoneEvent(item=ClientToolCallItem(**self.base("tool_call", thread, context), **call))

    async def play_image(self, thread, context, _):
        base = self.base("message", thread, context)
        image = GeneratedImage(id="i", url="data:image/png;base64,AAAA")
        yield ThreadItemAddedEvent(item=GeneratedImageItem(**base))
        yield ThreadItemUpdatedEvent(item_id=base["id"], update=GeneratedImageUpdated(image=image, progress=0.5))
        yield ThreadItemDoneEvent(item=GeneratedImageItem(**base, image=image))

    async def play_effects(self, thread, context, _):
        yield ProgressUpdateEvent(icon="search", text="Searching")
        yield ClientEffectEvent(name="highlight", data={"index": 1})
        yield NoticeEvent(level="warning", message="You have **10** left.", title="Limit")
        async for event in self.say(thread, context, ["Done."]):
            yield event

    async def play_hidden(self, thread, context, _):
        for make in (ThreadItemDoneEvent, ThreadItemAddedEvent, ThreadItemReplacedEvent):
            yield make(item=HiddenContextItem(**self.base("message", thread, context), content="a secret"))
        async for event in self.say(thread, context, ["Done."]):
            yield event

    async def play_replace(self, thread, context, _):
        def message(base: dict, text: str):
            return AssistantMessageItem(**base, content=[AssistantMessageContent(text=text)])

        first, second = self.base("message", thread, context), self.base("message", thread, context)
        yield ThreadItemDoneEvent(item=message(first, "old"))
        yield ThreadItemReplacedEvent(item=message(first, "new"))
        yield ThreadItemDoneEvent(item=message(second, "gone"))
        yield ThreadItemRemovedEvent(item_id=second["id"])

    async def play_lock(self, thread, context, _):
        thread.status = LockedStatus(reason="Escalated")
        thread.allowed_image_domains = ["images.example"]
        async for event in self.say(thread, context, ["Locked."]):
            yield event

    async def play_error(self, thread, context, _):
        yield ErrorEvent(message="We blocked that.", allow_retry=False)
        async for event in self.say(thread, context, ["It goes on."]):
            yield event

    async def play_quota(self, thread, context, _):
        raise CustomStreamError("Quota exhausted.", allow_retry=True)
        yield

    async def play_raise(self, thread, context, _):
        async for event in self.say(thread, context, ["half ", "way"]):
            if isinstance(event, ThreadItemUpdatedEvent) and getattr(event.update, "delta", "") == "way":
                raise ValueError("boom")
            yield event

    async def play_slow(self, thread, context, count):
        words = [f"w{n} " for n in range(int(count))]
        async for event in self.say(thread, context, words, 0.1):
            yield event

    async def action(self, thread, action, sender, context):
        if sender:
            root = WidgetRootUpdated(widget=card("clicked"))
            yield ThreadItemUpdatedEvent(item_id=sender.id, update=root)
            yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": card("clicked")}))
        async for event in self.say(thread, context, [f"Action {action.type} {action.payload}"]):
            yield event

    async def sync_action(self, thread, action, sender, context):
        if sender is None:
            return SyncCustomActionResponse(updated_item=None)
        item = sender.model_copy(update={"widget": card(f"at once: {action.payload}")})
        await self.store.save_item(thread.id, item, context)
        return SyncCustomActionResponse(updated_item=item)

    async def add_feedback(self, thread_id, item_ids, feedback, context):
        FEEDBACK.append([thread_id, item_ids, feedback])


def listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


LISTENER = listen()
URL = f"http://127.0.0.1:{LISTENER.getsockname()[1]}"
MEMORY = Memory(URL)
TOKENS: list[dict] = []
FEEDBACK: list[list] = []
SECRET, AUDIENCE, COLLOQUY = (os.environ.get(name) for name in ("SECRET", "AUDIENCE", "COLLOQUY"))
KEYS = jwt.PyJWKClient(f"{COLLOQUY}/api/auth/jwks") if COLLOQUY else None

app = FastAPI()
server = Backend(MEMORY, MEMORY)


def verify(token: str) -> dict:
    key = KEYS.get_signing_key_from_jwt(token) if KEYS else SECRET
    return jwt.decode(token, key, algorithms=["EdDSA" if KEYS else "HS256"], audience=AUDIENCE)


@app.post("/chatkit")
async def chatkit(request: Request):
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        claims = await asyncio.to_thread(verify, token)
    except jwt.PyJWTError as err:
        raise HTTPException(401, "sign in again") from err
    TOKENS.append({"token": token, "claims": claims})
    result = await server.process(await request.body(), {"sub": claims["sub"]})
    if isinstance(result, StreamingResult):
        return StreamingResponse(result, media_type="text/event-stream")
    return Response(result.json, media_type="application/json")


@app.put("/files/{id}")
async def upload(id: str, request: Request):
    if request.headers.get("x-signature") != "s":
        raise HTTPException(403)
    MEMORY.files[id] = await request.body()
    return {}


@app.get("/seen")
async def seen():
    """What the tests compare with what our server has."""
    threads = {
        id: {
            "owner": MEMORY.owners[id],
            "title": thread.title,
            "items": [item.model_dump(mode="json", exclude_none=True) for item in MEMORY.items[id]],
        }
        for id, thread in MEMORY.threads.items()
    }
    return {"threads": threads, "tokens": TOKENS, "feedback": FEEDBACK}


@app.post("/forget")
async def forget():
    """Loses everything, as a restart does."""
    for table in (MEMORY.threads, MEMORY.items, MEMORY.owners):
        table.clear()


if __name__ == "__main__":
    print(URL, flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[LISTENER])
