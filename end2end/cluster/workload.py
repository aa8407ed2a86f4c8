"""Eight users who do at random all that one can do, and note it."""

import asyncio
import random
import re
import time
from dataclasses import dataclass, field

import httpx

from cluster import Cluster, Server
from database import count_running
from following import Following, Request
from history import History, Reader, Tab
from postgres import aside
from tab import BrowserTab
from user import PASSWORD, User

N_USERS = 8
FILE = b"Milk, bread and the complete works of Ada Lovelace.\n"


@dataclass
class Thread:
    id: str
    question: str
    question_id: str
    answering: asyncio.Task
    link: str = ""
    is_deleted: bool = False

    @property
    def is_idle(self) -> bool:
        return not self.is_deleted and self.answering.done()


@dataclass
class Person:
    """A user, their threads and their second tab."""

    user: User
    tab: BrowserTab
    threads: list[Thread] = field(default_factory=list)
    tasks: list[asyncio.Task] = field(default_factory=list)
    n_sent: int = 0
    has_asked_for_mail: bool = False

    @property
    def dice(self) -> random.Random:
        return self.user.dice

    async def use(self, is_over: asyncio.Event) -> None:
        """Takes one step after the other."""
        steps = {
            self.send: 45,
            self.retry: 8,
            self.rename: 8,
            self.delete: 10,
            self.sign_out: 4,
            self.upload: 7,
            self.look: 6,
            self.open_page: 5,
            self.ask_for_mail: 4,
        }
        while not is_over.is_set():
            [step] = self.dice.choices(list(steps), steps.values())
            await step()
            await asyncio.sleep(self.dice.uniform(0.05, 0.4))

    def some_thread(self) -> Thread | None:
        idle = [it for it in self.threads if it.is_idle]
        return self.dice.choice(idle) if idle else None

    def some_server(self) -> Server:
        return self.dice.choice(self.user.cluster.servers)

    async def send(self, attachment: str = "", link: str = "") -> Thread | None:
        """Sends a message, sometimes to two servers, reads it with or without interruptions, and may stop it."""
        thread = self.some_thread() if self.dice.random() < 0.4 else None
        self.n_sent += 1
        question = f"Question {self.user.name}-{self.n_sent}-{self.dice.randrange(16**6):06x}"
        content = [{"type": "input_text", "text": question}]
        message = {"content": content, "attachments": [attachment] if attachment else [], "inference_options": {}}
        params = {"input": message} | ({"thread_id": thread.id} if thread else {})
        operation = "threads.add_user_message" if thread else "threads.create"
        following = self.begin("send", operation, params, question, thread)
        if self.dice.random() < 0.3:
            # The network may have lost it, so it is sent again, under the same key.
            await asyncio.sleep(self.dice.choice([0, 0, 0.1, 0.5]))
            again = Reader(self.user.name, question=question, key=following.reader.key)
            self.spawn(Following(self.user, again, following.request, route=[self.some_server()]))
        return await self.attend(following, thread, link)

    async def retry(self) -> None:
        """Has the last question of a thread answered again."""
        if thread := self.some_thread():
            params = {"thread_id": thread.id, "item_id": thread.question_id}
            following = self.begin("retry", "threads.retry_after_item", params, thread.question, thread)
            await self.attend(following, thread, thread.link)

    def begin(self, kind: str, operation: str, params: dict, question: str, thread: Thread | None) -> Following:
        key = f"{self.user.name}-{kind}-{self.dice.randrange(16**12):012x}"
        body = {"type": operation, "params": params, "metadata": {"colloquy": {"resumable": True, "key": key}}}
        reader = Reader(self.user.name, question=question, key=key, thread_id=thread.id if thread else "")
        drops = [self.dice.uniform(0.1, 1.5) for _ in range(self.dice.choice([0, 0, 0, 1, 2, 3]))]
        return self.spawn(Following(self.user, reader, Request(kind, body), drops=drops))

    def spawn(self, following: Following) -> Following:
        """Begins to read."""
        following.task = asyncio.create_task(following.follow())
        self.tasks.append(following.task)
        return following

    async def attend(self, following: Following, thread: Thread | None, link: str) -> Thread | None:
        """Waits for an answer to begin, and perhaps stops it or waits for its end."""
        await following.knows_run.wait()
        reader, task = following.reader, following.task
        if not reader.thread_id or not following.question_id and not thread:
            return None
        question_id = following.question_id or thread.question_id
        if not thread:
            self.threads.append(thread := Thread(reader.thread_id, reader.question, question_id, task))
        if reader.end == "refused":
            return thread
        thread.question, thread.question_id, thread.answering = reader.question, question_id, task
        thread.link = link or thread.link
        if reader.run_id and self.dice.random() < 0.25:
            await asyncio.sleep(self.dice.uniform(0.05, 1.5))
            await self.stop(reader)
        elif self.dice.random() < 0.7:
            await asyncio.wait([task], timeout=20)
        return thread

    async def stop(self, reader: Reader, at: Server | None = None) -> None:
        """Stops an answer, then reads it anew at every server."""
        noted = {"run_id": reader.run_id, "thread_id": reader.thread_id, "question": reader.question}
        call, _ = await self.user.insist("stop", "POST", f"/chatkit/runs/{reader.run_id}/stop", at=at, noted=noted)
        if call.is_done:
            for server in self.user.cluster.servers:
                late = Reader(
                    self.user.name, question=reader.question, run_id=reader.run_id, thread_id=reader.thread_id
                )
                self.spawn(Following(self.user, late, route=[server]))

    async def rename(self) -> None:
        if thread := self.some_thread():
            title = f"Title {self.dice.randrange(16**6):06x}"
            noted = {"thread_id": thread.id}
            await self.user.ask("rename", "threads.update", noted=noted, thread_id=thread.id, title=title)

    async def delete(self) -> None:
        """Deletes a thread, answered or not, and looks for it on every server."""
        if there := [it for it in self.threads if not it.is_deleted]:
            await self.delete_thread(self.dice.choice(there))

    async def delete_thread(self, thread: Thread, at: Server | None = None) -> None:
        thread.is_deleted = True
        noted = {"thread_id": thread.id}
        call, _ = await self.user.ask("delete", "threads.delete", at=at, noted=noted, thread_id=thread.id)
        if call.is_done:
            examining = self.user.on_every_server(lambda server: self.examine_deleted(thread, server))
            self.tasks.append(asyncio.create_task(examining))

    async def examine_deleted(self, thread: Thread, server: Server) -> None:
        """Looks for a deleted thread and its file at once, and for its runs at once and after the deadline."""
        examined = {"thread_id": thread.id, "after": "delete"}
        body = {"type": "threads.get_by_id", "params": {"thread_id": thread.id}}
        await self.user.call("thread", "POST", "/chatkit", at=server, json=body, noted=examined)
        runs = {it.run_id for it in self.user.history.readers if it.thread_id == thread.id and it.run_id}
        if thread.link:
            await self.user.call("file", "GET", thread.link, at=server, noted=examined)
        deadline_s = self.user.history.times.deadline(self.user.history.times.deleted_s)
        for run in sorted(runs)[-2:]:
            noted = examined | {"run_id": run}
            at_once, _ = await self.user.call("run", "GET", f"/chatkit/runs/{run}?after=1", at=server, noted=noted)
            if at_once.status != 404:
                await asyncio.sleep(deadline_s)
                await self.user.call("run", "GET", f"/chatkit/runs/{run}?after=1", at=server, noted=noted)

    async def sign_out(self) -> None:
        """Ends the session, looks on every server whether it has ended, and signs in again."""
        token = self.user.token
        call = await self.user.sign_out()
        body = {"type": "threads.list", "params": {"limit": 1}}

        async def examine(server: Server) -> None:
            await self.user.call(
                "list", "POST", "/chatkit", at=server, token=token, json=body, noted={"after": "sign-out"}
            )

        if call.is_done:
            await self.user.on_every_server(examine)
        await self.user.sign_in()

    async def upload(self) -> None:
        """Uploads a file, sends it, and fetches it from every server."""
        file = {"name": "list.txt", "size": len(FILE), "mime_type": "text/plain"}
        call, response = await self.user.ask("announce", "attachments.create", **file)
        if not call.is_done:
            return
        announced = response.json()
        to = announced["upload_descriptor"]
        path = httpx.URL(to["url"]).raw_path.decode()
        put, response = await self.user.call("upload", to["method"], path, content=FILE, headers=to["headers"])
        if not put.is_done:
            return
        link = httpx.URL(response.json()["colloquy"]["url"]).raw_path.decode()
        thread = await self.send(announced["id"], link)
        if thread and not thread.is_deleted:
            await self.user.on_every_server(lambda server: self.fetch(thread, link, server))

    async def fetch(self, thread: Thread, link: str, server: Server) -> None:
        noted = {"thread_id": thread.id, "after": "upload"}
        call, response = await self.user.call("fetch", "GET", link, at=server, noted=noted)
        if call.is_done and response.content != FILE:
            call.note = "other contents"

    async def look(self) -> None:
        """Opens a thread as a second tab does."""
        if thread := self.some_thread():
            noted = {"thread_id": thread.id}
            await self.user.ask("look", "items.list", noted=noted, thread_id=thread.id, limit=100)

    async def open_page(self) -> None:
        """Loads a page, and each script and style that it names."""
        call, response = await self.user.call("page", "GET", "/")
        if call.is_done:
            for path in sorted(assets(response.text)):
                await self.user.call("asset", "GET", path, noted={"note": path})

    async def ask_for_mail(self) -> None:
        """Asks for a mail, once: one to a recipient is all that a minute takes."""
        if not self.has_asked_for_mail:
            self.has_asked_for_mail = True
            body = {"email": self.user.email, "redirectTo": "/reset-password"}
            await self.user.call("mail", "POST", "/api/auth/request-password-reset", json=body)


def assets(page: str) -> set[str]:
    """The paths of scripts and styles of a page."""
    return set(re.findall(r'"(/pkg/[^"]+\.(?:js|css|wasm))"', page))


class Workload:
    def __init__(self, cluster: Cluster, history: History, seed: str) -> None:
        self.cluster, self.history, self.seed = cluster, history, seed
        self.people: list[Person] = []
        self._is_over = asyncio.Event()

    async def open(self) -> None:
        for n in range(N_USERS):
            name = f"user{n}-{self.seed}"
            user = User(self.cluster, self.history, random.Random(f"{self.seed} {n}"), name)
            self.people.append(Person(user, BrowserTab(user)))
        await asyncio.gather(*(person.user.sign_up() for person in self.people))
        for person in self.people:
            person.tab.open()

    async def run(self) -> None:
        """Lets everybody do something until `stop`."""
        await asyncio.gather(*(person.use(self._is_over) for person in self.people))

    def stop(self) -> None:
        self._is_over.set()

    async def sign_in_often(self) -> None:
        """Makes 20 sign-ins from one address."""
        user = self.people[0].user
        guest = User(self.cluster, self.history, random.Random(f"{self.seed} guest"), user.name)
        account = {"email": user.email, "password": PASSWORD}
        for _ in range(20):
            await guest.call("burst", "POST", "/api/auth/sign-in/email", json=account)
        await guest.http.aclose()

    async def settle(self) -> None:
        """Waits for all answers to end, or for the longest deadline, and then for the tabs to be quiet."""
        patience_s = self.history.times.deadline(self.history.times.after_death_s) + 10
        tasks = [task for person in self.people for task in [*person.tasks, *person.tab.tasks]]
        if tasks:
            await asyncio.wait(tasks, timeout=patience_s)
        # A run may have no reader.
        until = time.monotonic() + patience_s
        while time.monotonic() < until and await aside(count_running, self.cluster, self.history):
            await asyncio.sleep(0.5)
        for reader in self.history.readers:
            if reader.kind == "run" and not reader.end:
                reader.end = "lost"
        for task in tasks:
            task.cancel()
        await asyncio.sleep(self.history.times.quiet_s)
        await asyncio.gather(*(self._compare(person) for person in self.people))

    async def _compare(self, person: Person) -> None:
        await person.user.is_signed_in.wait()
        # The tab is at rest when it has neither lost its connection nor is it reading.
        await person.tab.is_current.wait()
        anew = await person.tab.read_threads()
        tab = Tab(person.user.name, dict(person.tab.threads), anew, sorted(person.tab.running), person.tab.server)
        self.history.tabs.append(tab)

    async def close(self) -> None:
        for person in self.people:
            await person.tab.close()
            await person.user.http.aclose()
