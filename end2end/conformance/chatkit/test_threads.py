"""The official Python package reads what we write: every event of a stream, every JSON answer."""

from chatkit.types import Page, Thread, ThreadItem, ThreadStreamEvent
from pydantic import TypeAdapter

from client import User, sign_up

EVENT = TypeAdapter(ThreadStreamEvent)
THREAD = TypeAdapter(Thread)
THREADS = TypeAdapter(Page[Thread])
ITEMS = TypeAdapter(Page[ThreadItem])


def message(text: str) -> dict:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def events(user: User, kind: str, **params) -> list:
    """The events of a stream, each judged by the official types."""
    answer = user.chatkit(kind, **params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = answer.text.split("\n\n")
    assert blocks.pop() == "", "the stream ends after an event"
    # To a client that does not say otherwise each event is one line of data and nothing else.
    assert all(it.startswith("data: ") and "\n" not in it for it in blocks)
    return [EVENT.validate_json(it.removeprefix("data: ")) for it in blocks]


def folded(stream: list) -> dict[str, str]:
    """The texts of the answers, put together from the deltas."""
    texts: dict[str, str] = {}
    for event in stream:
        if event.type == "thread.item.updated" and event.update.type == "assistant_message.content_part.text_delta":
            texts[event.item_id] = texts.get(event.item_id, "") + event.update.delta
    return texts


def test_a_new_thread_streams_what_the_protocol_says(user: User) -> None:
    stream = events(user, "threads.create", input=message("Explain ownership in Rust"))

    assert [it.type for it in stream[:3]] == ["thread.created", "thread.item.done", "stream_options"]
    assert stream[1].item.type == "user_message"
    done = [it.item for it in stream if it.type == "thread.item.done" and it.item.type == "assistant_message"]
    assert done, "an answer was given"
    for item in done:
        if item.id in folded(stream):
            assert "".join(part.text for part in item.content) == folded(stream)[item.id]
    assert not [it for it in stream if it.type == "error"]


def test_a_second_message_streams_in_the_same_thread(user: User) -> None:
    thread = events(user, "threads.create", input=message("Hello"))[0].thread
    stream = events(user, "threads.add_user_message", thread_id=thread.id, input=message("Hello again"))
    assert [it.type for it in stream[:2]] == ["thread.item.done", "stream_options"]
    assert {it.item.thread_id for it in stream if it.type == "thread.item.done"} == {thread.id}


def test_threads_and_items_are_read_back(user: User) -> None:
    streams = [events(user, "threads.create", input=message(text)) for text in ("One", "Two", "Three")]
    ids = [stream[0].thread.id for stream in streams]

    # The history, newest first, in pages.
    first = THREADS.validate_json(user.chatkit("threads.list", limit=2, order="desc").content)
    assert [it.id for it in first.data] == [ids[2], ids[1]]
    assert first.has_more
    assert all(it.items.data == [] for it in first.data)
    second = THREADS.validate_json(user.chatkit("threads.list", limit=2, order="desc", after=first.after).content)
    assert [it.id for it in second.data] == [ids[0]]
    assert not second.has_more

    # One thread, with its items as they were streamed, oldest first.
    thread = THREAD.validate_json(user.chatkit("threads.get_by_id", thread_id=ids[0]).content)
    streamed = [it.item.id for it in streams[0] if it.type == "thread.item.done"]
    assert [it.id for it in thread.items.data] == list(dict.fromkeys(streamed))

    # Its items alone, newest first, in pages.
    items = ITEMS.validate_json(user.chatkit("items.list", thread_id=ids[0], limit=1, order="desc").content)
    assert [it.id for it in items.data] == [streamed[-1]]
    assert items.has_more == (len(set(streamed)) > 1)


def test_a_thread_is_renamed_and_deleted(user: User) -> None:
    thread = events(user, "threads.create", input=message("Hello"))[0].thread
    renamed = THREAD.validate_json(user.chatkit("threads.update", thread_id=thread.id, title="Renamed").content)
    assert renamed.title == "Renamed"
    assert user.chatkit("threads.delete", thread_id=thread.id).json() == {}
    assert user.chatkit("threads.get_by_id", thread_id=thread.id).status_code == 404
    # Deleting again is no error.
    assert user.chatkit("threads.delete", thread_id=thread.id).json() == {}


def test_a_request_that_makes_no_sense_is_refused_as_json(user: User) -> None:
    for answer in (
        user.chatkit("threads.sing"),
        user.chatkit("threads.get_by_id"),
        user.chatkit("threads.create", input={"content": []}),
        user.chatkit("threads.get_by_id", thread_id="thr_nobody"),
        user.chatkit("threads.add_user_message", thread_id="thr_nobody", input=message("Hello")),
    ):
        assert answer.status_code in (400, 404)
        assert answer.headers["content-type"].startswith("application/json")
        # The official package knows two codes, both for streams; an answer that is none may say more.
        assert answer.json()["type"] == "error"
        assert answer.json()["message"].endswith(".")


def test_somebody_elses_thread_does_not_exist(user: User) -> None:
    thread = events(user, "threads.create", input=message("Mine"))[0].thread
    other = sign_up(user.url)
    assert other.chatkit("threads.get_by_id", thread_id=thread.id).status_code == 404
    assert other.chatkit("threads.update", thread_id=thread.id, title="Yours").status_code == 404
    assert other.chatkit("threads.add_user_message", thread_id=thread.id, input=message("Hi")).status_code == 404
    assert other.chatkit("items.list", thread_id=thread.id).status_code == 404
    assert other.chatkit("threads.delete", thread_id=thread.id).json() == {}
    assert THREAD.validate_json(user.chatkit("threads.get_by_id", thread_id=thread.id).content).title != "Yours"


def test_a_models_failure_is_an_event_and_the_question_stays(model_server: str) -> None:
    user = sign_up(model_server)
    for status in (401, 429, 500):
        stream = events(user, "threads.create", input=message(f"Fail with {status}"))
        [error] = [it for it in stream if it.type == "error"]
        assert error.message and "sk-secret" not in error.message
        thread = THREAD.validate_json(user.chatkit("threads.get_by_id", thread_id=stream[0].thread.id).content)
        assert thread.items.data[0].type == "user_message"
