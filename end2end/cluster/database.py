"""What is stored at the end of a run."""

import email
import email.policy
from pathlib import Path

from cluster import Cluster
from history import History, Mail, RunChange, Stored, StoredItem, StoredRun
from postgres import Postgres


def users_of(history: History) -> str:
    """The query for the ids of a history's users."""
    quoted = ", ".join(f"'{name}@example.com'" for name in sorted({it.user for it in history.calls}))
    return f"""select "id" from "user" where "email" in ({quoted})"""


def count_running(cluster: Cluster, history: History) -> int:
    """The number of runs that are shown as under way."""
    query = f"""select "id" from "run" where "status" = 'running' and "userId" in ({users_of(history)})"""
    return len(cluster.postgres.rows(query))


def read_stored(cluster: Cluster, history: History) -> Stored:
    """The rows of the history's users, and the mails to them."""
    postgres, users = cluster.postgres, users_of(history)
    names = {it.user for it in history.calls}
    threads = {row["id"] for row in postgres.rows(f"""select "id" from "thread" where "userId" in ({users})""")}
    runs = postgres.rows(f"""
        select "id", "threadId", "questionId", "itemId", "key", "status",
            extract(epoch from "createdAt")::float8 as begun, extract(epoch from "updatedAt")::float8 as updated
        from "run" where "userId" in ({users})""")
    return Stored(
        threads=threads,
        runs=[StoredRun(*row.values()) for row in runs],
        items=items_of(postgres, users),
        changes=changes_of(postgres, history),
        mails=[it for it in mails_in(cluster.data / "mail") if it.recipient.split("@")[0] in names],
    )


def items_of(postgres: Postgres, users: str) -> list[StoredItem]:
    rows = postgres.rows(f"""
        select "body" from "item"
        where "threadId" in (select "id" from "thread" where "userId" in ({users})) order by "threadId", "seq" """)
    found, questions = [], {}
    for body in (row["body"] for row in rows):
        item = item_of(body, questions.get(body["thread_id"]), True)
        if item.kind == "user_message":
            questions[item.thread_id] = item.id
        found.append(item)
    versions = postgres.rows(f"""
        select "questionId", "items" from "version"
        where "items" is not null and "threadId" in (select "id" from "thread" where "userId" in ({users}))""")
    for version in versions:
        question_id = version["questionId"]
        for body in version["items"]:
            found.append(item := item_of(body, question_id, False))
            question_id = item.id if item.kind == "user_message" else question_id
    return found


def item_of(body: dict, question_id: str | None, is_shown: bool) -> StoredItem:
    content = body.get("content", [])
    # Hidden items have one text.
    text = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
    return StoredItem(
        body["id"], body["thread_id"], body["type"], question_id, text, body.get("colloquy", {}), is_shown
    )


def changes_of(postgres: Postgres, history: History) -> list[RunChange]:
    """The changes of runs that the history knows of."""
    known = {it.thread_id for it in history.readers if it.thread_id}
    rows = postgres.rows("""select "number", "runId", "threadId", "status" from "rigRunChange" order by "number" """)
    return [RunChange(*row.values()) for row in rows if row["threadId"] in known]


def mails_in(folder: Path) -> list[Mail]:
    found = []
    for path in sorted(folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        found.append(Mail(message["message-id"], message["to"]))
    return found
