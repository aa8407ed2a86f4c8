"""What strangers and users try against a server, while others go on using it."""

import html.parser
import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from client import sign_up
from conftest import eventually, is_closed

HALF_A_HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
HALF_A_BODY = (
    b"POST /api/auth/sign-in/email HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\n"
    b"content-length: 1000\r\n\r\n{"
)

# The beginning of a request, and how it goes on, a byte at a time.
SLOW = {
    "says nothing": (b"", b""),
    "says half a header": (HALF_A_HEADER, b""),
    "goes on with its header for ever": (HALF_A_HEADER, b"x"),
    "says half a body": (HALF_A_BODY, b""),
    "goes on with its body for ever": (HALF_A_BODY, b" "),
}


def connect(url: str, first: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", httpx.URL(url).port), timeout=30)
    connection.sendall(first)
    return connection


def trickle(connections: list[tuple[socket.socket, bytes]], over: threading.Event) -> None:
    """Sends a byte more on each connection, a few times a second."""
    while not over.wait(0.3):
        for connection, more in connections:
            try:
                if more:
                    connection.send(more)
            except OSError:
                pass


def test_silent_and_slow_connections_are_closed_and_others_served(attacked, bystander):
    app = attacked(max_files=1024, TRUSTED_PROXIES="", RATE_LIMIT="off")
    connections = [(connect(app.url, first), more) for first, more in SLOW.values() for _ in range(3)]
    over = threading.Event()
    slow = threading.Thread(target=trickle, args=[connections, over])
    slow.start()
    try:
        with bystander(app, "slow connections") as other:
            for (connection, _), what in zip(connections, [it for it in SLOW for _ in range(3)], strict=True):
                eventually(lambda it=connection: is_closed(it), f"who {what} is cut off", within_s=240)
        other.check()
    finally:
        over.set()
        slow.join()


def test_more_sockets_than_files_do_not_keep_others_out(attacked, bystander):
    app = attacked(max_files=256, TRUSTED_PROXIES="", RATE_LIMIT="off")
    with bystander(app, "300 sockets, 256 files") as other:
        held = [connect(app.url, first) for first in [HALF_A_HEADER] * 200 + [b""] * 100]
        n_before = len(other.waits)
        eventually(lambda: len(other.waits) > n_before + 6, "others are served meanwhile")
    other.check()
    for it in held:
        it.close()


def test_a_flood_of_sign_ins_leaves_the_right_one_its_turn(attacked, bystander):
    app = attacked()
    ada = sign_up(app.url)
    email = ada.http.get("/api/auth/get-session").json()["user"]["email"]

    def guess(n: int) -> int:
        with app.client(f"203.{n % 100}.{n // 100}.1") as http:
            answer = http.post("/api/auth/sign-in/email", json={"email": f"nobody{n}@example.com", "password": "wrong password"})
            assert answer.status_code != 503 or int(answer.headers["retry-after"]) > 0
            return answer.status_code

    with bystander(app, "200 sign-ins at once") as other, ThreadPoolExecutor(64) as crowd:
        guesses = [crowd.submit(guess, n) for n in range(200)]
        with app.client("192.0.2.1") as http:
            right = {"email": email, "password": "correct horse battery"}
            # Who is told to come back later does.
            statuses: list[int] = []

            def signed_in() -> bool:
                statuses.append(http.post("/api/auth/sign-in/email", json=right).status_code)
                return statuses[-1] == 200

            eventually(signed_in, f"the right sign-in succeeds amid the others: {statuses}")
        assert {it.result() for it in guesses} <= {401, 429, 503}
    assert set(statuses) <= {200, 429, 503}
    other.check()


def test_guesses_at_one_account_are_slowed_down_and_its_own_browser_is_not(attacked):
    app = attacked()
    ada = sign_up(app.url)
    email = ada.http.get("/api/auth/get-session").json()["user"]["email"]
    own = {"email": email, "password": "correct horse battery"}

    def guess(n: int) -> int:
        with app.client(f"203.0.113.{n}") as http:
            body = {"email": email, "password": f"wrong password {n}"}
            return http.post("/api/auth/sign-in/email", json=body).status_code

    statuses = [guess(n) for n in range(40)]
    assert statuses[:5] == [401] * 5
    assert statuses.count(401) < 40 and set(statuses) == {401, 429}, statuses
    # The browser that has signed in before is not slowed down.
    assert ada.http.post("/api/auth/sign-out", json={}).status_code == 200
    assert ada.http.post("/api/auth/sign-in/email", json=own).status_code == 200


def test_nobody_fills_a_mailbox(attacked, bystander):
    app = attacked()
    victim = sign_up(app.url).http.get("/api/auth/get-session").json()["user"]["email"]

    def order(n: int) -> int:
        with app.client(f"203.0.113.{n}") as http:
            body = {"email": victim, "redirectTo": "/reset-password"}
            return http.post("/api/auth/request-password-reset", json=body).status_code

    with bystander(app, "60 mails to one address") as other, ThreadPoolExecutor(8) as crowd:
        assert set(crowd.map(order, range(60))) == {200}
        mails = app.data / "mail"
        eventually(lambda: mails.is_dir() and any(mails.iterdir()), "the first mail is written")
    other.check()
    assert len(list(mails.iterdir())) == 1


def test_hostile_typesetting_leaves_others_theirs(attacked, bystander):
    app = attacked()
    eve, ada = sign_up(app.url), sign_up(app.url)
    ask = lambda user, passages: user.http.post("/api/fn/typeset", json={"passages": passages})
    spaces = [{"Code": {"language": it, "text": " " * 1990 + "\n"}} for it in ["css", "bash", "sql", "typescript"] * 5]
    long = [{"Code": {"language": it, "text": "((((" * 2000}} for it in ["make", "js", "markdown", "html"]]
    deep = [{"Formula": {"text": "\\frac{x}{" * 50 + "y" + "}" * 50, "is_display": True}}] * 60

    with bystander(app, "hostile typesetting") as other, ThreadPoolExecutor(12) as crowd:
        attacks = [crowd.submit(ask, eve, it) for it in [spaces, long, deep] * 4]
        answer = ask(ada, [{"Code": {"language": "rust", "text": "fn a() {}\n"}}])
        assert answer.status_code == 200 and "Keyword" in answer.text, answer.text
        assert {it.result().status_code for it in attacks} <= {200, 429, 503}
    other.check()


class Page(html.parser.HTMLParser):
    """The elements of a page, and its title."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.title = ""
        self._in_title = False
        # This parser does not know that a title holds text alone.
        self.CDATA_CONTENT_ELEMENTS = ("script", "style")
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(f"{tag} {sorted(name for name, _ in attrs)}")
        self._in_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def test_titles_and_names_stay_text_on_every_page(attacked):
    app = attacked(GALLERY="on", EXAMPLES="on", RATE_LIMIT="off")

    def pages(text: str) -> list[Page]:
        user = sign_up(app.url)
        user.http.post("/api/auth/update-user", json={"name": text}).raise_for_status()
        input = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
        created = user.chatkit("threads.create", input=input)
        thread_id = re.search(r'"id":"(thr_\w+)"', created.text)[1]
        user.chatkit("threads.update", thread_id=thread_id, title=text)
        paths = [f"/chat/{thread_id}", "/chat", "/account", "/account/email", "/account/sessions", "/account/delete", "/gallery"]
        return [Page(user.http.get(it, headers={"accept": "text/html"}).text) for it in paths]

    plain = pages("x")
    for hostile in [
        "</title><script src=/x.js></script>",
        "</title></script></style></textarea><!--",
        "<!--HEAD--></head><body onload=x>",
        "\"'><img src=x onerror=alert(1)>",
    ]:
        found = pages(hostile)
        for before, after in zip(plain, found, strict=True):
            assert after.elements == before.elements
        assert hostile in found[0].title


def test_files_of_users_are_no_scripts_of_ours(attacked):
    app = attacked()
    user = sign_up(app.url)
    for kind in ["text/javascript", "text/css", "application/wasm", "text/html", "image/svg+xml"]:
        body = b"alert(1)"
        announced = user.chatkit("attachments.create", name="x", size=len(body), mime_type=kind).json()
        stored = user.http.put(announced["upload_descriptor"]["url"].replace("localhost", "127.0.0.1"), content=body)
        assert stored.status_code == 200, stored.text
        input = {"content": [], "attachments": [announced["id"]], "inference_options": {}}
        created = user.chatkit("threads.create", input=input)
        link = re.search(r'"(http[^"]*for=download[^"]*)"', json.dumps(created.text).replace('\\"', '"'))
        assert link, created.text
        url = httpx.URL(link[1].replace("\\\\u0026", "&")).raw_path.decode()
        answer = user.http.get(url)
        assert answer.headers["content-type"] == "application/octet-stream", kind
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert user.http.get(url, headers={"sec-fetch-dest": "script"}).status_code == 403
    policy = user.http.get("/chat", headers={"accept": "text/html"}).headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)[1]
    assert "'self'" not in scripts and "'strict-dynamic'" in scripts
