"""Somebody who talks with a model that fails, and what must be true whatever it does."""

import json
import re
import time
from dataclasses import dataclass, field

from client import User

# How long a silent model is waited for; docs/models.md says what a connection that is only kept open gets: ten times that.
IDLE_S = 1
# A sentence for people: neither JSON nor keys.
SENTENCE = re.compile(r"[A-Z][^{}<>]{20,}\.")


@dataclass
class Answer:
    """What the client was told in one turn, and how long that took."""

    events: list[dict]
    seconds: float

    @property
    def error(self) -> dict | None:
        errors = [event for event in self.events if event["type"] == "error"]
        assert len(errors) <= 1, errors
        return errors[0] if errors else None

    @property
    def notices(self) -> list[str]:
        return [event["message"] for event in self.events if event["type"] == "notice"]

    @property
    def end(self) -> str | None:
        """The reason why the answer was ended early, as its last message is marked."""
        return self.messages()[-1].get("colloquy", {}).get("end") if self.messages() else None

    @property
    def thoughts(self) -> str:
        """What the model thought, as far as it is told at the end."""
        removed = {event["item_id"] for event in self.events if event["type"] == "thread.item.removed"}
        done = [item for item in self.done("workflow") if item["id"] not in removed]
        return "".join(task["content"] for item in done for task in item["workflow"]["tasks"])

    @property
    def text(self) -> str:
        return "".join(
            event["update"]["delta"]
            for event in self.events
            if event.get("update", {}).get("type") == "assistant_message.content_part.text_delta"
        )

    def messages(self) -> list[dict]:
        """The messages of the assistant that a client has at the end, with the text that came in deltas."""
        items: dict[str, dict] = {}
        for event in self.events:
            kind, item = event["type"], event.get("item")
            if kind in ("thread.item.added", "thread.item.done", "thread.item.replaced"):
                items[item["id"]] = item
            elif kind == "thread.item.removed":
                items.pop(event["item_id"], None)
            elif kind == "thread.item.updated" and event["item_id"] in items:
                grow(items[event["item_id"]], event["update"])
        return [item for item in items.values() if item["type"] == "assistant_message"]

    def done(self, kind: str) -> list[dict]:
        """The items of a kind that were told as complete."""
        done = [event["item"] for event in self.events if event["type"] == "thread.item.done"]
        return [item for item in done if item["type"] == kind]

    def failed(self, words: str, may_retry: bool = True) -> "Answer":
        """The turn ended with one error that says something, and soon."""
        assert self.error, self.events
        assert SENTENCE.fullmatch(self.error["message"]), self.error
        assert words in self.error["message"], self.error
        assert self.error["allow_retry"] == may_retry, self.error
        return self

    def succeeded(self) -> "Answer":
        assert self.error is None, self.error
        return self


def grow(item: dict, update: dict) -> None:
    """Folds an update of a message into it."""
    if update["type"] == "assistant_message.content_part.added":
        item["content"].append(dict(update["content"]))
    elif update["type"] == "assistant_message.content_part.text_delta":
        item["content"][update["content_index"]]["text"] += update["delta"]


@dataclass
class Conversation:
    """A thread of somebody's."""

    user: User
    thread_id: str = ""
    questions: list[str] = field(default_factory=list)

    def ask(self, text: str, attachments: list[str] | None = None, **options) -> Answer:
        content = [{"type": "input_text", "text": text}]
        message = {"content": content, "attachments": attachments or [], "inference_options": options}
        self.questions.append(text)
        if self.thread_id:
            return self.turn("threads.add_user_message", thread_id=self.thread_id, input=message)
        answer = self.turn("threads.create", input=message)
        self.thread_id = answer.events[0]["thread"]["id"]
        self.check("threads.create", answer)
        return answer

    def retry(self) -> Answer:
        """Has the last question answered again."""
        question = [item for item in self.items() if item["type"] == "user_message"][-1]
        return self.turn("threads.retry_after_item", thread_id=self.thread_id, item_id=question["id"])

    def give(self, result: object) -> Answer:
        """Answers the tool call that waits."""
        return self.turn("threads.add_client_tool_output", thread_id=self.thread_id, result=result)

    def turn(self, kind: str, **params) -> Answer:
        """Sends a request and reads the answer to its end, which is a clean one."""
        begun = time.monotonic()
        response = self.user.chatkit(kind, **params)
        assert response.status_code == 200, response.text
        frames = response.text.split("\n\n")
        assert frames.pop() == "", "the stream ends with a whole event"
        answer = Answer([json.loads(frame.removeprefix("data: ")) for frame in frames], time.monotonic() - begun)
        if self.thread_id:
            self.check(kind, answer)
        return answer

    def items(self) -> list[dict]:
        page = self.user.chatkit("items.list", thread_id=self.thread_id, limit=100, order="asc")
        return page.raise_for_status().json()["data"]

    def check(self, kind: str, answer: Answer) -> None:
        """Nothing is lost: all questions are stored, and all that the client read, marked where it is not complete."""
        items = self.items()
        asked = [item["content"][0]["text"] for item in items if item["type"] == "user_message"]
        assert asked == self.questions
        stored = {item["id"]: item for item in items}
        messages = answer.messages()
        for item in messages:
            kept = stored[item["id"]]
            assert kept["content"][0]["text"] == item["content"][0]["text"]
            # A new answer that fails gives way to the old one, which may be complete.
            if kind != "threads.retry_after_item" or not answer.error:
                is_cut = answer.error is not None or (item is messages[-1] and answer.end is not None)
                assert kept.get("colloquy", {}).get("interrupted", False) == is_cut
        thread = self.user.chatkit("threads.get_by_id", thread_id=self.thread_id).raise_for_status().json()
        assert "run" not in thread["metadata"].get("colloquy", {}), "nobody is answering any more"

    def goes_on(self) -> None:
        """The question is answered when it is asked again, and the conversation continues."""
        assert self.retry().succeeded().text
        assert self.ask("And now?").succeeded().text
