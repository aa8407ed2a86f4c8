"""Another backend verifies our tokens, with nothing but the shared secret and its own JWT library."""

import base64
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jose.jwt
import jwt
import pytest

from client import User, sign_up
from server import ROOT, SECRET, stop

DOCUMENT = "docs/tokens.md"
HEADING = "Verify with the shared secret"


def snippet() -> str:
    """The Python that the document tells people to write."""
    section = re.search(rf"(?ms)^#+ {HEADING}$(.*?)(?=^#+ |\Z)", without_code_comments((ROOT / DOCUMENT).read_text()))
    assert section, f"{DOCUMENT} has a section “{HEADING}”"
    code = re.search(r"(?ms)^```python\n(.*?)^```", section[1])
    assert code, f"the section “{HEADING}” of {DOCUMENT} shows Python"
    return code[1]


def without_code_comments(markdown: str) -> str:
    """The text without comments in its code, which look like headings."""
    return re.sub(r"(?ms)^```.*?^```", lambda it: re.sub(r"(?m)^#.*\n", "", it[0]), markdown)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The document's FastAPI backend under uvicorn: where it listens."""
    folder: Path = tmp_path_factory.mktemp("backend")
    (folder / "main.py").write_text(snippet())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--log-level", "warning"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "BETTER_AUTH_SECRET": SECRET},
    )
    url = f"http://127.0.0.1:{port}"
    give_up_at = time.monotonic() + 30
    while True:
        try:
            httpx.get(url, trust_env=False)
            break
        except httpx.TransportError:
            assert process.poll() is None, "the document's backend starts"
            assert time.monotonic() < give_up_at, "the document's backend starts within 30 s"
            time.sleep(0.1)
    yield url
    stop(process)


@pytest.fixture(scope="module")
def path(backend: str) -> str:
    """The path that the document's backend protects."""
    paths = httpx.get(f"{backend}/openapi.json", trust_env=False).json()["paths"]
    [path] = [path for path, methods in paths.items() if "get" in methods]
    return path


def ask(url: str, token: str | None) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.get(url, headers=headers, trust_env=False)


def claims(token: str) -> dict:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_the_readmes_backend_knows_the_user(backend: str, path: str, ada: User) -> None:
    answer = ask(backend + path, ada.token)
    assert answer.status_code == 200
    assert ada.id in answer.text


def test_the_readmes_backend_refuses_who_has_no_token(backend: str, path: str) -> None:
    assert ask(backend + path, None).status_code in (401, 403)


def test_the_readmes_backend_refuses_a_tampered_token(backend: str, path: str, ada: User) -> None:
    header, _, signature = ada.token.split(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims(ada.token) | {"sub": "somebody-else"}).encode())
    assert ask(backend + path, f"{header}.{forged.rstrip(b'=').decode()}.{signature}").status_code == 401


def test_the_readmes_backend_refuses_an_unsigned_token(backend: str, path: str, ada: User) -> None:
    unsigned = jwt.encode(claims(ada.token), None, algorithm="none")
    assert ask(backend + path, unsigned).status_code == 401


def test_the_readmes_backend_refuses_an_expired_token(backend: str, path: str, ada: User) -> None:
    expired = jwt.encode(claims(ada.token) | {"exp": int(time.time()) - 60}, SECRET, algorithm="HS256")
    assert ask(backend + path, expired).status_code == 401


def test_the_readmes_backend_refuses_a_foreign_token(backend: str, path: str, ada: User) -> None:
    foreign = jwt.encode(claims(ada.token), "the secret of somebody else, long enough", algorithm="HS256")
    assert ask(backend + path, foreign).status_code == 401


def test_python_jose_reads_the_token(ada: User) -> None:
    assert jose.jwt.decode(ada.token, SECRET, algorithms=["HS256"])["sub"] == ada.id


def test_pyjwt_reads_the_token(ada: User) -> None:
    assert jwt.decode(ada.token, SECRET, algorithms=["HS256"])["sub"] == ada.id


def test_the_token_says_no_more_than_it_must(ada: User) -> None:
    assert jwt.get_unverified_header(ada.token)["alg"] == "HS256"
    assert "aud" not in claims(ada.token)
    assert ada.http.get("/api/auth/get-session").json()["session"]["token"] not in json.dumps(claims(ada.token))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda it: it[:-4] + ("AAAA" if it[-4:] != "AAAA" else "BBBB"), id="tampered"),
        pytest.param(lambda it: jwt.encode(claims(it) | {"exp": 1}, SECRET, algorithm="HS256"), id="expired"),
        pytest.param(lambda it: jwt.encode(claims(it), None, algorithm="none"), id="unsigned"),
        pytest.param(lambda it: jwt.encode(claims(it), SECRET[::-1], algorithm="HS256"), id="foreign"),
        pytest.param(
            lambda it: jwt.encode({k: v for k, v in claims(it).items() if k != "sid"}, SECRET, algorithm="HS256"),
            id="without a session",
        ),
    ],
)
def test_chatkit_refuses_such_tokens_even_with_a_cookie(ada: User, token) -> None:
    ada.token = token(ada.token)
    assert ada.chatkit("threads.list").status_code == 401


def test_chatkit_refuses_the_token_of_a_session_that_has_ended(ada: User) -> None:
    assert ada.chatkit("threads.list").status_code == 200
    ada.http.post("/api/auth/sign-out", json={}).raise_for_status()
    assert ada.chatkit("threads.list").status_code == 401


def test_chatkit_does_not_take_the_cookie_alone(ada: User) -> None:
    answer = ada.http.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert answer.status_code == 401


def test_two_users_have_different_tokens(ada: User, demo_server: str) -> None:
    grace = sign_up(demo_server)
    assert claims(grace.token)["sub"] != claims(ada.token)["sub"]
    assert claims(grace.token)["sid"] != claims(ada.token)["sid"]
