"""An S3 server that keeps what it gets, and a Colloquy that keeps its files there."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from server import start_server, stop

BUCKET, PREFIX = "chat", "of/files"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1"}
# How soon something happens that happens at all, on a busy machine.
SOON_S = 15


class Bucket:
    """A bucket, seen by Amazon's own client."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=KEYS["AWS_REGION"],
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": KEYS["AWS_REGION"]})

    def objects(self) -> dict[str, int]:
        """The names of all objects, and their sizes."""
        return {it["Key"]: it["Size"] for it in self._s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])}

    def unfinished(self) -> int:
        """How many uploads in parts were begun and neither finished nor given up."""
        return len(self._s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []))

    def settings(self) -> dict[str, str]:
        return KEYS | {
            "ATTACHMENT_STORE": f"s3://{BUCKET}/{PREFIX}",
            "AWS_ENDPOINT": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
        }


@dataclass
class User:
    """Somebody who is signed in."""

    http: httpx.Client
    token: str

    def chatkit(self, kind: str, **params) -> httpx.Response:
        """What `POST /chatkit` answers, as a whole."""
        return self.http.post("/chatkit", json={"type": kind, "params": params}, headers=self.bearer())

    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def follow(self, method: str, url: str, **more) -> httpx.Response:
        """Goes to a link of ours, which names the public address; here that is localhost."""
        return self.http.request(method, httpx.URL(url).raw_path.decode(), **more)

    def upload(self, name: str, mime_type: str, content: bytes) -> httpx.Response:
        announced = self.chatkit("attachments.create", name=name, size=len(content), mime_type=mime_type)
        descriptor = announced.raise_for_status().json()["upload_descriptor"]
        return self.follow(descriptor["method"], descriptor["url"], content=content, headers=descriptor["headers"])


def eventually(check: Callable[[], object], what: str) -> None:
    """Waits until something is so."""
    until = time.monotonic() + SOON_S
    while not check():
        assert time.monotonic() < until, f"not within {SOON_S} s: {what}"
        time.sleep(0.05)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset", trust_env=False).raise_for_status()
    yield Bucket(f"http://{host}:{port}")
    server.stop()


def serve(data: Path, settings: dict[str, str]) -> Iterator[User]:
    process, url = start_server(data, settings)
    http = httpx.Client(base_url=url, headers={"origin": url}, timeout=60, trust_env=False)
    account = {"name": "Ada", "email": f"{uuid.uuid4().hex}@example.com", "password": "correct horse battery"}
    http.post("/api/auth/sign-up/email", json=account).raise_for_status()
    yield User(http, http.get("/api/auth/token").raise_for_status().json()["token"])
    http.close()
    stop(process)


@pytest.fixture
def ada(bucket: Bucket, tmp_path: Path) -> Iterator[User]:
    """A user of a server that keeps its files in the bucket."""
    yield from serve(tmp_path, bucket.settings())


@pytest.fixture
def ada_without_bucket(bucket: Bucket, tmp_path: Path) -> Iterator[User]:
    """A user of a server whose bucket is not there."""
    yield from serve(tmp_path, bucket.settings() | {"ATTACHMENT_STORE": "s3://nowhere"})
