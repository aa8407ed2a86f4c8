"""Reads streams of events as our client does: whatever breaks off is read on after the last id."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from cluster import Server
from history import Call, Connection, Event, Reader
from user import LOST, PASSING, User, note_answer


@dataclass
class Request:
    """The request that a reader begins with; without one, the run is known."""

    kind: str
    body: dict


@dataclass
class Following:
    """A reader at work."""

    user: User
    reader: Reader
    request: Request | None = None
    # The servers that are asked, in turn; afterwards the balancer.
    route: list[Server] = field(default_factory=list)
    # After how many seconds the connections are dropped, in turn.
    drops: list[float] = field(default_factory=list)
    hears: Callable | None = None
    last: str | None = None
    knows_run: asyncio.Event = field(default_factory=asyncio.Event)
    question_id: str = ""
    task: asyncio.Task | None = None

    @property
    def silence_s(self) -> float:
        """The longest silence of a stream. A feed says something every 15 seconds."""
        return 20 if self.reader.kind == "feed" else self.user.history.times.silence_s

    async def follow(self) -> None:
        """Reads to the end of the run, over as many connections as it takes."""
        self.user.history.readers.append(self.reader)
        try:
            while not self.reader.end:
                await self.user.is_signed_in.wait()
                connection = await self._read()
                await self._conclude(connection)
        finally:
            self.knows_run.set()

    async def _conclude(self, connection: Connection) -> None:
        if connection.end == "left":
            await asyncio.sleep(self.user.asides.uniform(0.05, 0.5))
        elif connection.status == 401 or is_signed_out(connection):
            await asyncio.sleep(0.1)
        elif connection.end == "ended" and connection.status == 200:
            self.reader.end = "ended" if self.reader.kind == "run" else ""
            await asyncio.sleep(0 if self.reader.end else 0.1)
        elif connection.status and connection.status not in PASSING and connection.status != 200:
            self.reader.end = "refused"
        else:
            await asyncio.sleep(0.3)

    async def _read(self) -> Connection:
        """Reads one response to its end."""
        reader, user = self.reader, self.user
        at = self.route.pop(0) if self.route else None
        is_post = self.request is not None and not reader.run_id
        path = "/chatkit" if is_post else "/chatkit/feed" if reader.kind == "feed" else f"/chatkit/runs/{reader.run_id}"
        method = "POST" if is_post else "GET"
        connection = Connection(time.time(), method=method, after=self.last, session=user.n_sessions)
        connection.server = at.name if at else ""
        call = None
        if is_post:
            call = Call(user.name, self.request.kind, connection.begun, server=connection.server)
            call.session, call.key, call.question = user.n_sessions, reader.key, reader.question
            call.thread_id = reader.thread_id
            user.history.calls.append(call)
        reader.connections.append(connection)
        headers = user.headers(path) | ({} if self.last is None or is_post else {"last-event-id": self.last})
        leave_s = self.drops.pop(0) if self.drops else None
        try:
            async with asyncio.timeout(leave_s) as leaving:
                patience_s = user.history.times.patience_s
                timeout = httpx.Timeout(patience_s, read=max(patience_s, self.silence_s), connect=3)
                request = {"json": self.request.body if is_post else None, "headers": headers, "timeout": timeout}
                async with user.http.stream(method, user.url(path, at), **request) as response:
                    connection.status = response.status_code
                    connection.server = response.headers.get("x-server", connection.server)
                    if call:
                        note_answer(call, response)
                        call.ended = time.time()
                    if response.status_code == 200:
                        await self._take_all(connection, response, call)
                    connection.end = "ended"
        except TimeoutError:
            connection.end = "left" if leaving.expired() else "silent"
            if call and not call.status:
                call.note = "left"
        except LOST:
            connection.end = "cut"
        except asyncio.CancelledError:
            connection.end = "left"
            raise
        finally:
            connection.ended = time.time()
            if call and not call.status:
                call.ended = connection.ended
        return connection

    async def _take_all(self, connection: Connection, response: httpx.Response, call: Call | None) -> None:
        rest, chunks = b"", response.aiter_bytes()
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks), self.silence_s)
            except StopAsyncIteration:
                return
            *frames, rest = (rest + chunk).split(b"\n\n")
            for frame in frames:
                if event := decode(frame):
                    connection.events.append(event)
                    self._note(event, call)
                    if self.hears:
                        await self.hears(event.body)

    def _note(self, event: Event, call: Call | None) -> None:
        reader, body = self.reader, event.body
        if event.id:
            self.last = event.id
        if reader.kind == "feed":
            return
        if thread := body.get("thread"):
            reader.thread_id = thread["id"]
            reader.run_id = reader.run_id or run_of(thread)
        item = body.get("item", {})
        if item.get("type") == "user_message":
            self.question_id = item["id"]
        if call:
            call.run_id, call.thread_id = reader.run_id, reader.thread_id
        if reader.run_id and reader.thread_id:
            self.knows_run.set()


def run_of(thread: dict) -> str:
    return thread.get("metadata", {}).get("colloquy", {}).get("run", {}).get("id", "")


def is_signed_out(connection: Connection) -> bool:
    return bool(connection.events) and connection.events[-1].body.get("code") == "unauthorized"


def decode(frame: bytes) -> Event | None:
    """An event of a stream; `None` for a comment."""
    event_id, data = "", None
    for line in frame.decode().split("\n"):
        if line.startswith("id: "):
            event_id = line[4:]
        elif line.startswith("data: "):
            data = json.loads(line[6:])
    return None if data is None else Event(time.time(), int(event_id) if event_id.isdigit() else None, data, event_id)
