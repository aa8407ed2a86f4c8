"""A model server that writes bytes as it is told: what no well-meaning server can be made to do."""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable

Script = Callable[[socket.socket], None]

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
BARE = HEAD + b"connection: close\r\n\r\n"


def delta(**fields: object) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": fields}]}).encode() + b"\n\n"


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def reset(connection: socket.socket) -> None:
    """Ends a connection by a reset instead of a clean end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def data(line: str) -> bytes:
    """One event of exactly these characters."""
    return b"data: " + line.encode() + b"\n\n"


def end(reason: str) -> bytes:
    return data(json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}))


DONE = b"data: [DONE]\n\n"


def refuses(status: int, body: object, *headers: str) -> Script:
    """Refuses a request with a body and further headers."""
    text = body if isinstance(body, str) else json.dumps(body)
    lines = [f"HTTP/1.1 {status} No", f"content-length: {len(text.encode())}", "connection: close", *headers]
    return sends("\r\n".join([*lines, "", text]).encode())


WHOLE = (
    BARE
    + delta(role="assistant", content="All is ")
    + delta(content="well.")
    + b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)


class RawModel:
    """Plays the scripts of `play` one connection after the other, and answers properly when there are none left."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._scripts: list[Script] = []
        self.asked: list[dict] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def play(self, *scripts: Script) -> None:
        self._scripts, self.asked = list(scripts), []

    @property
    def n_asked(self) -> int:
        return len(self.asked)

    def said(self) -> list[str]:
        """The roles and the texts of the last request, with `+` for each picture."""
        return [write(message) for message in self.asked[-1]["messages"]]

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            request = b""
            while not (end := re.search(rb"\r\n\r\n", request)):
                if not (more := connection.recv(65536)):
                    return
                request += more
            length = int(re.search(rb"(?i)content-length: (\d+)", request)[1])
            while len(request) < end.end() + length:
                request += connection.recv(65536)
            self.asked.append(json.loads(request[end.end() : end.end() + length]))
            script = self._scripts.pop(0) if self._scripts else lambda it: it.sendall(WHOLE)
            script(connection)
        except OSError:
            pass
        finally:
            connection.close()


def call(name: str | None, arguments: str, **more: object) -> dict:
    return {**more, "type": "function", "function": {"name": name, "arguments": arguments}}


def events(*events: dict) -> bytes:
    """Events of a ChatKit server."""
    return b"".join(data(json.dumps(event)) for event in events)


def write(message: dict) -> str:
    content = message["content"] or ""
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    text = "".join(part.get("text", "+") for part in parts)
    return f"{message['role']}: {text}"


def sends(*parts: bytes, pause_s: float = 0.05, then: Script | None = None) -> Script:
    """Sends parts with a pause after each, and ends the connection."""

    def script(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause_s)
        if then:
            then(connection)

    return script


def goes_on_with(part: bytes, every_s: float) -> Script:
    """Sends the same again and again until nobody listens any more."""

    def script(connection: socket.socket) -> None:
        while True:
            connection.sendall(part)
            time.sleep(every_s)

    return script


def waits(connection: socket.socket) -> None:
    """Says nothing until the other side hangs up."""
    connection.settimeout(120)
    connection.recv(1)
