"""An SMTP server that keeps what it gets, and a Colloquy that sends through it."""

import email.message
import email.policy
import socket
import ssl
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from server import start_server, stop

USER, PASSWORD = "chat@example.com", "p@ss/w:örd"
# How soon something happens that happens at all: longer than the first wait after a failure, on a busy machine.
SOON_S = 15


class PostOffice:
    """An SMTP server on a port that stays the same, whether it is open or not."""

    def __init__(self) -> None:
        self.port = free_port()
        self.envelopes: list[Envelope] = []
        # What a recipient is answered, in turn; afterwards everybody is taken.
        self.answers: list[str] = []
        self.recipients: list[str] = []
        self.logins: list[tuple[str, str]] = []
        self._controller: Controller | None = None

    def open(self, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None) -> None:
        """Opens: in clear, with TLS from the first byte, or with STARTTLS; with either, only for who signs in."""
        # aiosmtpd holds that a password may be sent only after STARTTLS, and does not count TLS from the first byte.
        options = {"auth_required": True, "auth_require_tls": tls is None} if tls or starttls else {}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=tls,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=self._authenticate,
            **options,
        )
        self._controller.start()

    def close(self) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)
        self._controller = None

    def _authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        login = data.login.decode(), data.password.decode()
        self.logins.append(login)
        return AuthResult(success=login == (USER, PASSWORD), handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        self.recipients.append(address)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"

    def mail(self) -> email.message.EmailMessage:
        """The one mail that arrives soon."""
        eventually(lambda: self.envelopes, "a mail arrives")
        [envelope] = self.envelopes
        return email.message_from_bytes(envelope.content, policy=email.policy.default)


class Colloquy:
    """A server with a folder of its own, which can be stopped and started again."""

    def __init__(self, data: Path, settings: dict[str, str]) -> None:
        self.data, self.settings = data, settings
        self.log: list[str] = []
        self.process: subprocess.Popen
        self.start()

    def start(self) -> None:
        self.process, url = start_server(self.data, self.settings, self.log)
        self.http = httpx.Client(base_url=url, headers={"origin": url}, timeout=30, trust_env=False)

    def stop(self) -> None:
        stop(self.process)

    def post(self, path: str, **body) -> dict:
        return self.http.post(f"/api/auth/{path}", json=body).raise_for_status().json()

    def sign_up(self) -> str:
        """Makes somebody's account, and returns the address. Nobody is signed in afterwards."""
        address = f"{uuid.uuid4().hex}@example.com"
        self.post("sign-up/email", name="Ada Lovelace", email=address, password="correct horse battery")
        self.http.cookies.clear()
        return address

    def request_password_reset(self, address: str) -> None:
        assert self.post("request-password-reset", email=address, redirectTo="/reset-password")["status"] is True

    def logged(self, text: str) -> bool:
        return any(text in line for line in self.log)


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def eventually(check: Callable[[], object], what: str) -> None:
    """Waits until something is so."""
    until = time.monotonic() + SOON_S
    while not check():
        assert time.monotonic() < until, f"not within {SOON_S} s: {what}"
        time.sleep(0.02)


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    it = PostOffice()
    yield it
    it.close()


@pytest.fixture
def colloquy(tmp_path: Path) -> Iterator[Callable[..., Colloquy]]:
    """Starts servers, and ends them with the test."""
    started: list[Colloquy] = []

    def start(**settings: str) -> Colloquy:
        data = tmp_path / f"data-{len(started)}"
        data.mkdir()
        started.append(Colloquy(data, settings))
        return started[-1]

    yield start
    for it in started:
        it.stop()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody knows."""
    return trustme.CA()


@pytest.fixture(scope="session")
def certified(authority: trustme.CA) -> ssl.SSLContext:
    """The keys of a server at `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def trust(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The setting that trusts that authority."""
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return {"SSL_CERT_FILE": str(path)}


class Silence:
    """A server that accepts connections and says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.connected = threading.Event()
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._connections.append(self._socket.accept()[0])
            except OSError:
                return
            self.connected.set()

    def close(self) -> None:
        for it in [self._socket, *self._connections]:
            it.close()


@pytest.fixture
def silence() -> Iterator[Silence]:
    it = Silence()
    yield it
    it.close()
