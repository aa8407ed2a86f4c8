"""The history of a run: calls, streams, faults, the model's requests, and the rows that are stored at its end.

All moments are seconds since the epoch by this machine's clock, which PostgreSQL shares.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path

from times import Times

NEVER = math.inf


# Faults of a server that its answers do not survive.
DEADLY = ("kill", "freeze")


@dataclass
class Call:
    """A request and its answer."""

    user: str
    kind: str
    begun: float
    ended: float = NEVER
    # The server that answered; empty if nobody did, or the balancer itself.
    server: str = ""
    # 0 if no answer came.
    status: int = 0
    retry_after: str = ""
    # The session in whose name it was made, counted per user.
    session: int = 0
    thread_id: str = ""
    run_id: str = ""
    key: str = ""
    question: str = ""
    # For calls that examine an earlier one: the kind of that call, such as `sign-out`.
    after: str = ""
    note: str = ""

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Event:
    at: float
    # The number in its id; None for an event without one, and within a snapshot.
    number: int | None
    body: dict
    id: str = ""

    @property
    def kind(self) -> str:
        return self.body.get("type", "")


@dataclass
class Connection:
    """One response that streams events."""

    begun: float
    ended: float = NEVER
    server: str = ""
    # `POST` for the one that sent the message.
    method: str = "GET"
    # The id of the last event before.
    after: int | str | None = None
    session: int = 0
    status: int = 0
    # ended: the body is complete. cut: it broke off. left: the client hung up. silent: the client gave it up.
    end: str = ""
    events: list[Event] = field(default_factory=list)


@dataclass
class Reader:
    """A client that reads one run, or the feed, over several connections."""

    user: str
    # run or feed
    kind: str = "run"
    question: str = ""
    key: str = ""
    run_id: str = ""
    thread_id: str = ""
    connections: list[Connection] = field(default_factory=list)
    # ended: all was read. left: the client went away. refused: the run does not exist, or the message was refused.
    # lost: the run still had an unread rest when the client's patience was over.
    end: str = ""

    @property
    def begun(self) -> float:
        return self.connections[0].begun if self.connections else NEVER

    @property
    def ended(self) -> float:
        return self.connections[-1].ended if self.end == "ended" else NEVER


@dataclass
class Fault:
    # kill, freeze and stop of a server; restart, crash, away, terminate and black-hole of PostgreSQL.
    kind: str
    target: str
    begun: float
    healed: float = NEVER

    @property
    def is_postgres(self) -> bool:
        return self.target == "postgres"

    @property
    def is_redis(self) -> bool:
        return self.target == "redis"


@dataclass
class ModelRequest:
    """A request to the model. `sent` has moments, and the length of the text sent until then."""

    question: str
    begun: float
    ended: float = NEVER
    # whole, or hung up
    end: str = ""
    sent: list[tuple[float, int]] = field(default_factory=list)

    def sent_by(self, moment: float) -> int:
        return max((length for at, length in self.sent if at <= moment), default=0)


@dataclass
class Tab:
    """A tab's threads as its feed told them, and as they are read anew."""

    user: str
    folded: dict[str, str | None]
    anew: dict[str, str | None]
    # Runs that the feed told the beginning of, and not the end.
    running: list[str] = field(default_factory=list)
    server: str = ""


@dataclass
class StoredRun:
    id: str
    thread_id: str
    question_id: str | None
    item_id: str | None
    key: str | None
    status: str
    begun: float
    updated: float


@dataclass
class StoredItem:
    id: str
    thread_id: str
    kind: str
    # The id of the question that it follows.
    question_id: str | None
    text: str
    marks: dict = field(default_factory=dict)
    # False for items that wait in another version of the answer.
    is_shown: bool = True


@dataclass
class RunChange:
    """A change of a run's status, as the database saw it."""

    number: int
    run_id: str
    thread_id: str
    status: str


@dataclass
class Mail:
    message_id: str
    recipient: str


@dataclass
class Stored:
    threads: set[str] = field(default_factory=set)
    runs: list[StoredRun] = field(default_factory=list)
    items: list[StoredItem] = field(default_factory=list)
    changes: list[RunChange] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)


@dataclass
class History:
    times: Times = field(default_factory=Times)
    began: float = 0
    calls: list[Call] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    requests: list[ModelRequest] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    stored: Stored = field(default_factory=Stored)
    # True if Redis is between the servers.
    has_redis: bool = False
    # Keys of Redis, and channels of answers that servers listen to, after the run.
    copies: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)

    def run_of(self, reader: Reader) -> StoredRun | None:
        """The stored run of a reader, by its id, or by the key of the message if nothing told the id."""
        for run in self.stored.runs:
            if run.id == reader.run_id or (not reader.run_id and reader.key and run.key == reader.key):
                return run
        return None

    def question_of(self, reader: Reader) -> str:
        """The question that a reader's run answers; empty if it is not known (any more)."""
        if reader.question:
            return reader.question
        run = self.run_of(reader)
        items = [it for it in self.stored.items if run and it.id == run.question_id]
        return items[0].text if items else ""

    def servers_of(self, run: StoredRun) -> set[str]:
        """The servers that may write a run: all that took a request to open it."""
        calls = [it for it in self.calls if it.run_id == run.id or (run.key and it.key == run.key)]
        return {it.server for it in calls if it.kind in ("send", "retry") and it.server}

    def is_retry(self, run: StoredRun) -> bool:
        """True if the run answers a question again."""
        return any(it.kind == "retry" and (it.run_id == run.id or run.key and it.key == run.key) for it in self.calls)

    def deaths_of(self, run: StoredRun) -> list[Fault]:
        """The kills and the freezes of servers that may have written a run, while it was written."""
        servers = self.servers_of(run)
        faults = [it for it in self.faults_between(run.begun, run.updated, postgres=False) if it.kind in DEADLY]
        return sorted((it for it in faults if it.target in servers or not servers), key=lambda it: it.begun)

    def faults_between(self, begun: float, ended: float, *, postgres: bool) -> list[Fault]:
        """Faults of PostgreSQL, or of servers, that touch a time. Those of Redis excuse nothing."""
        faults = [it for it in self.faults if it.is_postgres == postgres and not it.is_redis]
        return [it for it in faults if it.begun <= ended and begun <= self.over(it)]

    def over(self, fault: Fault) -> float:
        """The end of a fault's effects."""
        return fault.healed + self.times.deadline(self.times.recovery_s)

    def due(self, begun: float, seconds: float) -> float:
        """The moment until which PostgreSQL was there for so many seconds."""
        due = begun + seconds
        for fault in sorted((it for it in self.faults if it.is_postgres), key=lambda it: it.begun):
            if fault.begun < due and begun < self.over(fault):
                due += self.over(fault) - max(fault.begun, begun)
        return due

    def is_deleted(self, thread_id: str, by: float = NEVER) -> bool:
        """True if somebody asked for the deletion of a thread."""
        return any(it.kind == "delete" and it.thread_id == thread_id and it.begun <= by for it in self.calls)

    def write(self, path: Path) -> None:
        """Writes everything as JSON, for whoever looks for the cause of a violation."""
        text = json.dumps(asdict(self), default=sorted, indent=1)
        path.write_text(text)
