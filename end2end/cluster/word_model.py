"""A model server whose answer is a function of the question, and which notes when its client hangs up."""

import asyncio
import json
import random
import re
import time
from collections.abc import Iterator

from history import ModelRequest

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def truth(question: str) -> str:
    """The whole answer to a question."""
    return "".join(words(question))


def words(question: str) -> list[str]:
    """The words of an answer. The first names the question, so that no other has the same text."""
    dice = random.Random(question)
    n_words = dice.choice([3, 20, 50, 80])
    return [f"{question.split()[-1]}: ", *(f"w{n} " for n in range(n_words))]


def pauses(question: str) -> Iterator[float]:
    """The pauses before the words, in seconds: quick, of a model's pace, or with silences."""
    dice = random.Random(f"pauses of {question}")
    pace = dice.choice([0.002, 0.01, 0.02, 0.03])
    n_silences = dice.choice([0, 0, 1])
    while True:
        is_silent = n_silences > 0 and dice.random() < 0.05
        n_silences -= is_silent
        yield dice.uniform(0.5, 1.5) if is_silent else pace


def chunk(content: str | None, reason: str | None = None) -> bytes:
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


class WordModel:
    """Answers `POST /v1/chat/completions` as OpenAI does."""

    def __init__(self) -> None:
        self.requests: list[ModelRequest] = []
        self.base_url = ""
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length: ")[1].split("\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            await self._answer(last_question(body["messages"]), reader, writer)
        except (OSError, asyncio.IncompleteReadError, IndexError):
            pass
        finally:
            writer.close()

    async def _answer(self, question: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = ModelRequest(question, time.time())
        self.requests.append(request)
        hung_up = asyncio.create_task(reader.read())
        telling = asyncio.create_task(self._tell(request, writer))
        await asyncio.wait([hung_up, telling], return_when=asyncio.FIRST_COMPLETED)
        request.ended = time.time()
        request.end = "whole" if telling.done() and not telling.exception() else "hung up"
        for task in (hung_up, telling):
            task.cancel()
        await asyncio.gather(hung_up, telling, return_exceptions=True)

    async def _tell(self, request: ModelRequest, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        length = 0
        for word, pause_s in zip(words(request.question), pauses(request.question), strict=False):
            await asyncio.sleep(pause_s)
            length += len(word)
            # The moment comes first: whoever has the text has it later.
            request.sent.append((time.time(), length))
            writer.write(chunk(word))
            await writer.drain()
        writer.write(chunk(None, "stop") + b"data: [DONE]\n\n")
        await writer.drain()


def last_question(messages: list[dict]) -> str:
    """The last question. Files follow their message, and messages without an answer between them are one."""
    content = [it for it in messages if it["role"] == "user"][-1]["content"]
    text = content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)
    return re.findall(r"Question \S+", text)[-1]
