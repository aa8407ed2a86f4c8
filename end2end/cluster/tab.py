"""A second tab: it knows its user's threads by the feed alone, and reads the answers that it hears of."""

import asyncio
import contextlib

from following import Following
from history import Reader
from user import User


class BrowserTab:
    def __init__(self, user: User) -> None:
        self.user = user
        self.threads: dict[str, str | None] = {}
        self.running: set[str] = set()
        # Set while the tab shows what the feed has told.
        self.is_current = asyncio.Event()
        self.tasks: list[asyncio.Task] = []
        self._feed = Following(user, Reader(user.name, kind="feed"), hears=self._hear)
        self._task: asyncio.Task | None = None

    @property
    def server(self) -> str:
        connections = self._feed.reader.connections
        return connections[-1].server if connections else ""

    def open(self) -> None:
        self._task = asyncio.create_task(self._feed.follow())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def read_threads(self) -> dict[str, str | None]:
        while True:
            call, response = await self.user.ask("list", "threads.list", limit=100)
            if call.is_done:
                page = response.json()
                assert not page["has_more"], "a user of a run has at most a page of threads"
                return {thread["id"]: thread.get("title") for thread in page["data"]}

    async def _hear(self, body: dict) -> None:
        kind, thread_id = body["type"], body.get("thread_id", "")
        if kind == "colloquy.reset":
            self.is_current.clear()
            self.running.clear()
            self.threads = await self.read_threads()
            self.is_current.set()
        elif kind in ("thread.created", "thread.updated"):
            self.threads[body["thread"]["id"]] = body["thread"].get("title")
        elif kind == "colloquy.thread.deleted":
            self.threads.pop(thread_id, None)
        elif kind == "colloquy.run.began":
            self.running.add(body["run_id"])
            if self.user.asides.random() < 0.4:
                self._read(thread_id, body["run_id"])
        elif kind == "colloquy.run.ended":
            self.running.discard(body["run_id"])

    def _read(self, thread_id: str, run_id: str) -> None:
        reader = Reader(self.user.name, run_id=run_id, thread_id=thread_id)
        self.tasks.append(asyncio.create_task(Following(self.user, reader).follow()))
