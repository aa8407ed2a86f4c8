"""One of the two servers: sends what a case says, and keeps what came back."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import jwt

from client import sign_up
from normalised import Names, kept
from server import SECRET

# Makes somebody and returns the token that they show.
NewToken = Callable[[], str]


def ours(url: str) -> NewToken:
    return lambda: sign_up(url).token


def original() -> NewToken:
    people = iter(range(1_000_000))
    return lambda: jwt.encode({"sub": f"user-{next(people)}"}, SECRET, algorithm="HS256")


@dataclass
class Side:
    """A server and the people that cases send to it: `ada`, `bob` …, the same ones for all cases, and `new` ones."""

    url: str
    new_token: NewToken
    answers: list[dict] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)
    _names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        # The original hangs up after a failure: a connection of its own for each request.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(base_url=self.url, timeout=30, trust_env=False, limits=limits)

    def begin(self) -> None:
        """Begins a case."""
        self.answers, self._names = [], Names()
        self._tokens.pop("new", None)

    def post(self, body: str | bytes, who: str = "ada") -> dict:
        """Sends a body, and keeps and returns the answer, its ids as they are."""
        if who not in self._tokens:
            self._tokens[who] = self.new_token()
        headers = {"authorization": f"Bearer {self._tokens[who]}", "content-type": "application/json"}
        with self._http.stream("POST", "/chatkit", content=body, headers=headers) as response:
            answer = kept(response)
        self.answers.append(self._names.of(answer))
        return answer

    def send(self, kind: str, who: str = "ada", /, *, metadata: dict | None = None, **params: object) -> dict:
        """Sends a request."""
        request = {"type": kind, "params": params} | ({"metadata": metadata} if metadata is not None else {})
        return self.post(json.dumps(request), who)

    def create(self, text: str = "/long 2", who: str = "ada") -> list[dict]:
        """Opens a thread, and returns the events."""
        return self.send("threads.create", who, input=message(text))["events"]

    def thread(self, text: str = "/long 2", who: str = "ada") -> str:
        """Opens a thread, and returns its id."""
        return self.create(text, who)[0]["thread"]["id"]

    def list(self, thread_id: str, who: str = "ada") -> dict:
        """All items of a thread."""
        return self.send("items.list", who, thread_id=thread_id, order="asc", limit=100)

    def attach(self, name: str, mime_type: str, who: str = "ada", content: bytes = b"bytes") -> str:
        """Announces a file and uploads it where the server wants it; returns its id."""
        announced = self.send("attachments.create", who, name=name, size=len(content), mime_type=mime_type)
        attachment = announced["body"]
        to = attachment["upload_descriptor"]
        self._http.request(to["method"], to["url"], headers=to["headers"], content=content).raise_for_status()
        return attachment["id"]


def message(text: str, **more: object) -> dict:
    """A message of the user's."""
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}} | more


def the(events: list[dict], kind: str) -> str:
    """The id of the first item of a kind that is done."""
    return next(it["item"]["id"] for it in events if it["type"] == "thread.item.done" and it["item"]["type"] == kind)
