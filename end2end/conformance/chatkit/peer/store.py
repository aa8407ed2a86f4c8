"""What the original keeps, in memory: a store for each user, so that nobody sees somebody else's things."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
    Page,
    ThreadItem,
    ThreadMetadata,
)

Row = TypeVar("Row", ThreadMetadata, ThreadItem)


@dataclass(frozen=True)
class Caller:
    """Who asks, and where the server listens."""

    user_id: str
    origin: str


@dataclass
class Owned:
    """What one user has. Dictionaries keep the order in which things came."""

    threads: dict[str, ThreadMetadata] = field(default_factory=dict)
    items: dict[str, dict[str, ThreadItem]] = field(default_factory=lambda: defaultdict(dict))
    attachments: dict[str, Attachment] = field(default_factory=dict)


def page(rows: Sequence[Row], limit: int, after: str | None, order: str) -> Page[Row]:
    """A page of rows; an unknown cursor is `NotFoundError`."""
    rows = rows if order == "asc" else rows[::-1]
    ids = [it.id for it in rows]
    if after and after not in ids:
        raise NotFoundError(f"no {after} to begin after")
    start = ids.index(after) + 1 if after else 0
    data = list(rows[start : start + limit])
    has_more = start + limit < len(rows)
    return Page(data=data, has_more=has_more, after=data[-1].id if has_more and data else None)


class MemoryStore(Store[Caller]):
    """The interface that the package asks for."""

    def __init__(self) -> None:
        self.owned: dict[str, Owned] = defaultdict(Owned)

    def of(self, context: Caller) -> Owned:
        return self.owned[context.user_id]

    async def load_thread(self, thread_id: str, context: Caller) -> ThreadMetadata:
        try:
            return self.of(context).threads[thread_id].model_copy(deep=True)
        except KeyError:
            raise NotFoundError(f"no thread {thread_id}") from None

    async def save_thread(self, thread: ThreadMetadata, context: Caller) -> None:
        self.of(context).threads[thread.id] = ThreadMetadata(**thread.model_dump(exclude={"items"}))

    async def load_threads(self, limit: int, after: str | None, order: str, context: Caller) -> Page[ThreadMetadata]:
        return page(list(self.of(context).threads.values()), limit, after, order)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Caller
    ) -> Page[ThreadItem]:
        return page(list(self.of(context).items.get(thread_id, {}).values()), limit, after, order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Caller) -> None:
        self.of(context).items[thread_id][item.id] = item.model_copy(deep=True)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Caller) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: Caller) -> ThreadItem:
        try:
            return self.of(context).items[thread_id][item_id].model_copy(deep=True)
        except KeyError:
            raise NotFoundError(f"no item {item_id}") from None

    async def delete_thread(self, thread_id: str, context: Caller) -> None:
        self.of(context).threads.pop(thread_id, None)
        self.of(context).items.pop(thread_id, None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Caller) -> None:
        self.of(context).items[thread_id].pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: Caller) -> None:
        self.of(context).attachments[attachment.id] = attachment

    async def load_attachment(self, attachment_id: str, context: Caller) -> Attachment:
        try:
            return self.of(context).attachments[attachment_id]
        except KeyError:
            raise NotFoundError(f"no attachment {attachment_id}") from None

    async def delete_attachment(self, attachment_id: str, context: Caller) -> None:
        self.of(context).attachments.pop(attachment_id, None)


class UploadLinks(AttachmentStore[Caller]):
    """Says where the bytes of a file go, as Colloquy does: one `PUT` with the file's type."""

    def generate_attachment_id(self, mime_type: str, context: Caller) -> str:
        # It is all that the address of an upload is guarded by.
        return f"atc_{uuid.uuid4().hex}"

    async def create_attachment(self, input: AttachmentCreateParams, context: Caller) -> Attachment:
        id = self.generate_attachment_id(input.mime_type, context)
        url = f"{context.origin}/files/{id}"
        upload = AttachmentUploadDescriptor(url=url, method="PUT", headers={"Content-Type": input.mime_type})
        if input.mime_type.startswith("image/"):
            return ImageAttachment(
                id=id, name=input.name, mime_type=input.mime_type, upload_descriptor=upload, preview_url=f"{url}/preview"
            )
        return FileAttachment(id=id, name=input.name, mime_type=input.mime_type, upload_descriptor=upload)

    async def delete_attachment(self, attachment_id: str, context: Caller) -> None:
        # The bytes are not kept.
        pass
