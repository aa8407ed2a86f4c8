"""Files are kept in S3 (moto's server), and seen there by Amazon's own client."""

from conftest import PREFIX, eventually

SMALL = b"Milk, bread and the complete works of Ada Lovelace.\n"
# More than two of the parts in which large files are sent.
LARGE = bytes(range(256)) * 50_000


def thread(ada, attachment: dict) -> str:
    """Sends a file, and returns the thread's id."""
    text = [{"type": "input_text", "text": "/long 1"}]
    message = {"content": text, "attachments": [attachment["id"]], "inference_options": {}}
    answer = ada.chatkit("threads.create", input=message).raise_for_status()
    return answer.text.split('"id":"')[1].split('"')[0]


def test_a_file_goes_there_and_comes_back(ada, bucket):
    for content in (SMALL, LARGE):
        uploaded = ada.upload("notes.bin", "application/octet-stream", content).raise_for_status().json()
        link = uploaded["colloquy"]["url"]
        assert ada.follow("GET", link).content == content
        part = ada.follow("GET", link, headers={"range": "bytes=6-10"})
        assert (part.status_code, part.content) == (206, content[6:11])
    names = bucket.objects()
    assert sorted(names.values()) == [len(SMALL), len(LARGE)]
    assert all(name.startswith(f"{PREFIX}/") and "notes" not in name for name in names)
    assert bucket.unfinished() == 0


def test_a_form_goes_there_too(ada, bucket):
    form = {"file": ("notes.txt", SMALL, "text/plain")}
    uploaded = ada.http.post("/chatkit/attachments", files=form, headers=ada.bearer()).raise_for_status().json()
    assert ada.follow("GET", uploaded["colloquy"]["url"]).content == SMALL
    assert list(bucket.objects().values()) == [len(SMALL)]


def test_what_is_refused_leaves_nothing(ada, bucket):
    announced = ada.chatkit("attachments.create", name="a", size=len(LARGE) + 1, mime_type="text/plain").json()
    url = announced["upload_descriptor"]["url"]
    # In pieces, so that no length is said before.
    answer = ada.follow("PUT", url, content=iter([LARGE[:6_000_000], LARGE[6_000_000:]]))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert bucket.objects() == {} and bucket.unfinished() == 0


def test_files_go_with_their_thread(ada, bucket):
    kept = ada.upload("kept.txt", "text/plain", SMALL).json()
    gone = ada.upload("gone.txt", "text/plain", SMALL).json()
    thread(ada, kept)
    ada.chatkit("threads.delete", thread_id=thread(ada, gone)).raise_for_status()
    eventually(lambda: len(bucket.objects()) == 1, "the file is deleted")
    assert ada.follow("GET", gone["colloquy"]["url"]).status_code == 404
    assert ada.follow("GET", kept["colloquy"]["url"]).content == SMALL


def test_what_is_wrong_with_the_bucket_is_not_told_to_users(ada_without_bucket):
    answer = ada_without_bucket.upload("a.txt", "text/plain", SMALL)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "nowhere" not in answer.text
