"""Where two answers differ."""

from dataclasses import dataclass
from difflib import SequenceMatcher

# Nothing stands at this place.
NOTHING = "<nothing>"


@dataclass(frozen=True)
class Difference:
    """A place in the answers to one request, such as `body.data.1.title`, and what stands there."""

    at: str
    original: object
    ours: object
    # The whole answers.
    answers: tuple[dict, dict]


def flat(value: object, at: str = "") -> dict[str, object]:
    """Each leaf by its place; an empty list or object is a leaf."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not members:
        return {at: str(value) if isinstance(value, (dict, list)) else value}
    return {place: leaf for key, it in members for place, leaf in flat(it, f"{at}.{key}" if at else str(key)).items()}


def differences(original: dict, ours: dict) -> list[Difference]:
    """The differences of two answers.

    Answers of different kinds (an event stream and a refusal, say) differ as a whole. Events that only one stream has
    are told as a whole, those of both by place.
    """
    found = []

    def tell(at: str, one: object, other: object) -> None:
        found.append(Difference(at, one, other, (original, ours)))

    def compare(at: str, one: object, other: object) -> None:
        a, b = flat(one, at), flat(other, at)
        for place in a | b:
            if (left := a.get(place, NOTHING)) != (right := b.get(place, NOTHING)) or type(left) is not type(right):
                tell(place, left, right)

    if outline(original) != outline(ours):
        tell("answer", original, ours)
        return found
    streams = original.get("events"), ours.get("events")
    compare("", *({key: it for key, it in answer.items() if key != "events"} for answer in (original, ours)))
    if None in streams:
        return found
    kinds = [[kind(it) for it in events] for events in streams]
    for change, a0, a1, b0, b1 in SequenceMatcher(None, *kinds, autojunk=False).get_opcodes():
        if change == "equal":
            for a, b in zip(range(a0, a1), range(b0, b1), strict=True):
                compare(f"events.{a}", streams[0][a], streams[1][b])
            continue
        for at in range(a0, a1):
            tell(f"events.{at}: {kinds[0][at]}", streams[0][at], NOTHING)
        for at in range(b0, b1):
            tell(f"events.{at}: {kinds[1][at]}", NOTHING, streams[1][at])
    return found


def outline(answer: dict) -> tuple:
    """What kind of an answer it is."""
    return answer.get("status"), answer.get("type"), answer.get("cut"), answer.get("framed")


def kind(event: dict) -> str:
    """What an event tells, with the type of its item or of its update."""
    more = event.get("item") or event.get("update") or {}
    return " ".join(filter(None, [event["type"], more.get("type")]))
