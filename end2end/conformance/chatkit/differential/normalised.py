"""What counts in an answer, without what differs by nature: ids, moments, addresses."""

import json
import re

import httpx

# Ids as both servers make them: a prefix of the protocol's and some random characters.
ID = re.compile(r"\b(thr|msg|tc|call|wf|tsk|eot|si|atc|shcx|run)_[A-Za-z0-9]{8,}\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z?)")
ADDRESS = re.compile(r"https?://(?:127\.0\.0\.1|localhost):\d+/\S*")


class Names:
    """Gives ids names by the order in which they come: `<msg 2>`."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def of(self, value: object) -> object:
        """The value with names for ids, and without moments and addresses."""
        match value:
            case dict():
                # The order of fields is each server's own.
                return {key: self.of(value[key]) for key in sorted(value)}
            case list():
                return [self.of(it) for it in value]
            case str():
                if moment := MOMENT.fullmatch(value):
                    return f"<moment{moment[2] and ' with a zone'}>"
                return ID.sub(self._name, ADDRESS.sub("<address>", value))
        return value

    def _name(self, id: re.Match) -> str:
        n_known = sum(it.startswith(f"<{id[1]} ") for it in self.known.values())
        return self.known.setdefault(id[0], f"<{id[1]} {n_known + 1}>")


def read(answer: httpx.Response) -> tuple[bytes, bool]:
    """The body as far as it came, and whether the connection was cut before its end."""
    body = b""
    try:
        for part in answer.iter_bytes():
            body += part
    except httpx.RemoteProtocolError:
        return body, True
    return body, False


def kept(answer: httpx.Response) -> dict:
    """An answer: its status, its media type, and its events or its JSON or its text."""
    body, is_cut = read(answer)
    media_type = answer.headers.get("content-type", "").split(";")[0]
    kept = {"status": answer.status_code, "type": media_type, "cut": is_cut}
    if media_type == "text/event-stream":
        *frames, rest = body.decode().split("\n\n")
        kept["framed"] = rest == "" and all(it.startswith("data: ") and "\n" not in it for it in frames)
        kept["events"] = [json.loads(it.removeprefix("data: ")) for it in frames]
    else:
        kept["body"] = json.loads(body) if media_type == "application/json" else body.decode()
    return kept
