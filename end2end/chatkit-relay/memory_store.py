"""The store of somebody's chat server: in memory, threads and files by their user."""

from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import AttachmentUploadDescriptor, FileAttachment, Page, ThreadMetadata

Context = dict


class Memory(Store[Context], AttachmentStore[Context]):
    """All that users have, each by their id. Files are uploaded below `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: dict[str, list] = {}
        self.owners: dict[str, str] = {}
        self.attachments: dict = {}
        self.files: dict[str, bytes] = {}

    def own(self, thread_id: str, context: Context) -> None:
        if self.owners.get(thread_id) != context["sub"]:
            raise NotFoundError(thread_id)

    @staticmethod
    def page(rows: list, after: str | None, limit: int, order: str) -> Page:
        rows = rows if order == "asc" else rows[::-1]
        start = next((n + 1 for n, row in enumerate(rows) if row.id == after), 0)
        data, more = rows[start : start + limit], start + limit < len(rows)
        return Page(data=data, has_more=more, after=data[-1].id if more else None)

    async def load_thread(self, thread_id, context):
        self.own(thread_id, context)
        return self.threads[thread_id].model_copy(deep=True)

    async def save_thread(self, thread, context):
        self.owners.setdefault(thread.id, context["sub"])
        self.own(thread.id, context)
        self.threads[thread.id] = ThreadMetadata(**thread.model_dump(exclude={"items"}))
        self.items.setdefault(thread.id, [])

    async def load_threads(self, limit, after, order, context):
        rows = [row for id, row in self.threads.items() if self.owners[id] == context["sub"]]
        return self.page(rows, after, limit, order)

    async def load_thread_items(self, thread_id, after, limit, order, context):
        self.own(thread_id, context)
        return self.page(self.items[thread_id], after, limit, order)

    async def save_item(self, thread_id, item, context):
        self.own(thread_id, context)
        rows, item = self.items[thread_id], item.model_copy(deep=True)
        at = next((n for n, row in enumerate(rows) if row.id == item.id), None)
        rows[at if at is not None else len(rows) : at + 1 if at is not None else len(rows)] = [item]

    add_thread_item = save_item

    async def load_item(self, thread_id, item_id, context):
        self.own(thread_id, context)
        for row in self.items[thread_id]:
            if row.id == item_id:
                return row.model_copy(deep=True)
        raise NotFoundError(item_id)

    async def delete_thread(self, thread_id, context):
        self.own(thread_id, context)
        for table in (self.threads, self.items, self.owners):
            table.pop(thread_id)

    async def delete_thread_item(self, thread_id, item_id, context):
        self.own(thread_id, context)
        self.items[thread_id] = [row for row in self.items[thread_id] if row.id != item_id]

    async def create_attachment(self, input, context):
        id = self.generate_attachment_id(input.mime_type, context)
        descriptor = AttachmentUploadDescriptor(url=f"{self.url}/files/{id}", method="PUT", headers={"x-signature": "s"})
        return FileAttachment(id=id, name=input.name, mime_type=input.mime_type, upload_descriptor=descriptor)

    async def save_attachment(self, attachment, context):
        self.attachments[attachment.id] = attachment

    async def load_attachment(self, attachment_id, context):
        return self.attachments[attachment_id]

    async def delete_attachment(self, attachment_id, context):
        self.attachments.pop(attachment_id, None)
