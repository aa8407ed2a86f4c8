"""Where Colloquy answers otherwise on purpose. One that no longer occurs is an error: it is struck off here.

Numbers with a § are those of the protocol's description, those of recordings its examples.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from compared import NOTHING, Difference


@dataclass(frozen=True)
class Deviation:
    """What may differ, and why."""

    name: str
    reason: str
    # Cases, by name.
    cases: str
    # Places in the answers, as `differences` writes them.
    at: str = "^answer$"
    # What the difference may be.
    only: Callable[[Difference], bool] = lambda _: True

    def covers(self, case: str, difference: Difference) -> bool:
        is_here = re.search(self.cases, case) and re.search(self.at, difference.at)
        return bool(is_here) and self.only(difference)

    def __str__(self) -> str:
        return self.name


def is_refusal(answer: dict, status: int) -> bool:
    """Whether an answer says, as JSON and in a sentence, why a request is not carried out."""
    is_json = answer.get("status") == status and answer["type"] == "application/json"
    return is_json and answer["body"]["type"] == "error" and answer["body"]["message"].endswith(".")


def refused(status: int) -> Callable[[Difference], bool]:
    """The original does what is asked; ours refuses it."""
    return lambda it: it.original["status"] == 200 and not it.original["cut"] and is_refusal(it.ours, status)


def told(status: int) -> Callable[[Difference], bool]:
    """The original fails, with 500 or by cutting its stream before the first item; ours says why not."""

    def only(it: Difference) -> bool:
        events = [event["type"] for event in it.original.get("events", [])]
        is_cut = it.original["cut"] and events in ([], ["thread.created"])
        return (it.original["status"] == 500 or is_cut) and is_refusal(it.ours, status)

    return only


def missing(it: Difference) -> bool:
    """Ours has nothing there."""
    return it.ours == NOTHING


def more(it: Difference) -> bool:
    """The original has nothing there."""
    return it.original == NOTHING


DEVIATIONS = [
    Deviation(
        "moments have a zone",
        "§1.1: the original writes its machine's local time without a zone, which a client elsewhere misreads.",
        ".",
        r"\.created_at$",
        lambda it: (it.original, it.ours) == ("<moment>", "<moment with a zone>"),
    ),
    Deviation(
        "what is no request is told",
        "§1.11, recordings 41 to 43 and 45: the original answers 500 or cuts the stream; the developer wants to know why.",
        "^body: |: without |^create: (a text|content|a number|null)|: a number as the id|: a limit with|that is none|no kind",
        only=told(400),
    ),
    Deviation(
        "what is not there is told",
        "§1.11, recordings 09c, 40 and 40b: 404 before the first byte, instead of 500 or a stream that is cut.",
        "somebody else's|unknown|and then it is gone|: an empty id|deleted twice|an unknown one",
        only=told(404),
    ),
    Deviation(
        "what does not fit is told",
        "§1.11, recording 08d: a request that names the wrong kind of item gets 400 instead of a stream that is cut.",
        "no message of the user's|asks nothing|: of what is no widget",
        only=told(400),
    ),
    Deviation(
        "a cursor that is none is told",
        "§1.2: what happens is the store's own affair; this original's store fails.",
        "list: after ",
        only=told(400),
    ),
    Deviation(
        "what waits for nothing is told",
        "§1.11, recordings 15c and 22c: 409 instead of a stream that is cut.",
        "^tool output: (once, and|none|after)|^structured input: too many",
        only=told(409),
    ),
    Deviation(
        "no speech is told",
        "§1.11: a server that turns no speech into text says so, instead of 500.",
        "^transcribe: by a server that cannot",
        only=told(400),
    ),
    Deviation(
        "items of a thread that is not there",
        "Recording 49: an empty page looks like an empty thread. It is 404, as for `threads.get_by_id`.",
        "^items.list: (an unknown|somebody else's)|and then it is gone",
        only=refused(404),
    ),
    Deviation(
        "retrying what is not there",
        "Recording 08c: an empty stream looks like an answer that ended.",
        "^retry: an unknown item",
        only=refused(404),
    ),
    Deviation(
        "an action of what is no widget",
        "Recording 21f: an error within a stream, though nothing began; ours is 400 before the first byte.",
        "^action: of what is no widget",
        only=lambda it: it.original["events"][0]["type"] == "error" and refused(400)(it),
    ),
    Deviation(
        "a thread is not opened by a message that cannot be sent",
        "§1.11, recording 30d: the original leaves an empty thread in the history, and cuts the stream.",
        "^attachments: an unknown one opens",
        r"^body\.data",
        missing,
    ),
    Deviation(
        "a thread is not opened by a message with a file that cannot be sent",
        "As before.",
        "^attachments: (deleted twice|somebody else's is not sent|sent before)",
        r"^body\.data",
        missing,
    ),
    Deviation(
        "locked threads are locked",
        "§1.5: the original leaves it to each integration to refuse; a lock that locks nothing is none.",
        "locked thread$",
        only=refused(403),
    ),
    Deviation(
        "nothing is added to a locked thread",
        "As before.",
        "^add_user_message: to a locked thread",
        r"^body\.data\.[23]\.",
        missing,
    ),
    Deviation(
        "hidden items are hidden",
        "§4.2, recording 18: the original swallows `done` only, and tells what nobody may see by `added` and `replaced`.",
        "^create: /hidden|that begins with a hidden item",
        r"^events\.\d+: thread\.item\.(added|replaced) hidden_context_item$",
        missing,
    ),
    Deviation(
        "pages are cut where hidden items are left out already",
        "§4.1: the original's page may be empty and name a hidden item as the next page's cursor.",
        "that begins with a hidden item",
        r"^body\.(after|has_more|data\.0)",
    ),
    Deviation(
        "an answer that breaks off is kept",
        "Recordings 13 and 13b: the original never ends the item and forgets it; ours ends it, stores it, and marks it.",
        "^create: /fail 500",
        r"^events\.\d+: thread\.item\.(updated assistant_message\.content_part\.done|done assistant_message)$|^body\.data\.1\.",
        more,
    ),
    Deviation(
        "an answer says which version it is",
        "§1.10: the original deletes what it answers again; ours keeps it as a version, and says so in a field of its own.",
        "^retry: ",
        r"\.colloquy\.versions?$",
        lambda it: more(it) and it.ours == 2,
    ),
    Deviation(
        "an action's payload stays whole",
        "§1.1: nulls within free data are kept everywhere else; the original drops those in a widget's actions.",
        "/widget|^action|^action at once",
        r"\.onClickAction\.payload(\.none)?$",
        lambda it: more(it) and it.ours is None,
    ),
    Deviation(
        "a widget stays as an action left it",
        "§3, recordings 21b, 21d and 21g: the original shows the old one again after a reload.",
        "^action(: of a widget| at once: of a widget)",
        r"^body\.data\.1\.widget\.children\.",
    ),
    Deviation(
        "titles are titles",
        "The original takes any text; a title of ours has 1 to 200 characters.",
        "^update: (an empty title|a title of 10 kB)",
        only=refused(400),
    ),
    Deviation(
        "titles have no spaces around them",
        "Nobody sees them.",
        "^update: a title with spaces around it",
        r"^body\.title$",
        lambda it: it.ours == str(it.original).strip(),
    ),
    Deviation(
        "a limit is a number, and not below zero",
        "The original reads numbers in quotes, and hands negative ones on to the store.",
        "^threads.list: a (negative limit|limit in quotes)",
        only=refused(400),
    ),
    Deviation(
        "U+0000",
        "PostgreSQL keeps no text with it; it is refused on SQLite, too.",
        r"U\+0000",
        only=refused(400),
    ),
    Deviation(
        "a key twice",
        "RFC 8259 §4: what it means is anybody's guess.",
        "^body: a key twice",
        only=refused(400),
    ),
    Deviation(
        "large bodies",
        "The original reads bodies of any size into memory.",
        "^body: 2 MB",
        only=refused(413),
    ),
    Deviation(
        "a list needs no parameters",
        "Recording 03b: all of them may be left out, and so may `params`; the original answers 500.",
        "^body: threads.list without params",
        only=lambda it: it.original["status"] == 500 and it.ours["status"] == 200,
    ),
    Deviation(
        "sizes of files are not below zero",
        "The original hands on any number.",
        "^attachments.create: a size below zero",
        only=refused(400),
    ),
    Deviation(
        "files have names, media types and sizes that can be",
        "The original hands on anything.",
        "^attachments.create: (an empty name|no media type)",
        only=refused(400),
    ),
    Deviation(
        "files have a limit",
        "The original leaves it to the store, which knows it only once the bytes are there.",
        "^attachments.create: 10 TB",
        only=refused(413),
    ),
    Deviation(
        "files say where they are read, and how large they are",
        "The protocol has no address of a file's bytes, and no size; ours stand in a field of its own.",
        "^attachments: ",
        r"\.colloquy\.(url|size)$",
        lambda it: more(it) and (it.ours == "<address>" if it.at.endswith("url") else it.ours > 0),
    ),
    Deviation(
        "a file is sent once it is there, and once",
        "§1.7: the original sends what nobody uploaded, and one file in two threads.",
        "^attachments: (sent before they are uploaded|sent twice)",
        only=refused(400),
    ),
    Deviation(
        "feedback is read back",
        "§4.1: what the original was told nobody can read; ours says it in a field of its own.",
        "^feedback: good",
        r"\.colloquy\.feedback$",
        lambda it: more(it) and it.ours == "negative",
    ),
    Deviation(
        "feedback is on what is there",
        "The original asks no store; ours is 404 for what is not there.",
        "^feedback: (an|on an) unknown|^feedback: on somebody else's",
        only=refused(404),
    ),
    Deviation(
        "threads are searched",
        "§1.5: the protocol has no search; the original ignores the field, and lists all threads.",
        "^search: ",
        r"^body\.",
    ),
]
