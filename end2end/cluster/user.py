"""Somebody who uses the cluster; each request is noted in the history."""

import asyncio
import random
import time
from collections.abc import Callable

import httpx

from cluster import Cluster, Server
from history import Call, History

PASSWORD = "correct horse battery"
# Answers that will be others when the request is repeated.
PASSING = (0, 500, 502, 503, 504)
# A connection that broke, or an answer that did not come.
LOST = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.TimeoutException)


class User:
    """An account with one session at a time."""

    def __init__(self, cluster: Cluster, history: History, dice: random.Random, name: str) -> None:
        self.cluster, self.history, self.dice = cluster, history, dice
        self.name, self.email = name, f"{name}@example.com"
        # Choices of what goes on beside the steps, which take their own in a fixed order.
        self.asides = random.Random(f"asides of {name}")
        self.token = ""
        self.n_sessions = 0
        self.is_signed_in = asyncio.Event()
        self.address = ""
        self.move()
        self.http = httpx.AsyncClient(
            headers={"origin": cluster.url},
            timeout=httpx.Timeout(history.times.patience_s, connect=3),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=10),
            trust_env=False,
        )

    def move(self) -> None:
        """Takes another network address, with limits of its own: the balancer is trusted to have seen it."""
        self.address = f"10.{self.dice.randrange(1, 250)}.{self.dice.randrange(250)}.{self.dice.randrange(1, 250)}"

    def headers(self, path: str) -> dict[str, str]:
        """The headers of each request. The chat takes a token, all else the cookie."""
        bearer = {"authorization": f"Bearer {self.token}"} if path.startswith("/chatkit") else {}
        return {"x-forwarded-for": self.address} | bearer

    def url(self, path: str, at: Server | None) -> str:
        return f"{at.url if at else self.cluster.url}{path}"

    async def call(
        self,
        kind: str,
        method: str,
        path: str,
        *,
        at: Server | None = None,
        token: str = "",
        noted: dict | None = None,
        **request,
    ) -> tuple[Call, httpx.Response | None]:
        """Makes one request, through the balancer or to one server."""
        call = Call(
            self.name, kind, time.time(), session=self.n_sessions, server=at.name if at else "", **(noted or {})
        )
        self.history.calls.append(call)
        headers = (
            self.headers(path) | ({"authorization": f"Bearer {token}"} if token else {}) | request.pop("headers", {})
        )
        response = None
        try:
            response = await self.http.request(method, self.url(path, at), headers=headers, **request)
            note_answer(call, response)
        except LOST as err:
            call.note = repr(err)
        call.ended = time.time()
        return call, response

    async def insist(self, kind: str, method: str, path: str, **request) -> tuple[Call, httpx.Response | None]:
        """Repeats a request until it is answered by something that lasts."""
        while True:
            call, response = await self.call(kind, method, path, **request)
            if call.status not in PASSING:
                return call, response
            await asyncio.sleep(0.3)

    async def ask(self, kind: str, operation: str, *, at: Server | None = None, noted: dict | None = None, **params):
        """Makes a request of `/chatkit` that is answered by one object."""
        body = {"type": operation, "params": params}
        while True:
            await self.is_signed_in.wait()
            session = self.n_sessions
            call, response = await self.insist(kind, "POST", "/chatkit", at=at, json=body, noted=noted)
            if call.status != 401 or session == self.n_sessions and self.is_signed_in.is_set():
                return call, response

    async def sign_up(self) -> None:
        account = {"name": self.name, "email": self.email, "password": PASSWORD}
        call, response = await self.insist("sign-up", "POST", "/api/auth/sign-up/email", json=account)
        assert call.is_done, response and response.text
        await self._fetch_token()

    async def sign_in(self) -> None:
        self.move()
        account = {"email": self.email, "password": PASSWORD}
        call, response = await self.insist("sign-in", "POST", "/api/auth/sign-in/email", json=account)
        assert call.is_done, response and response.text
        await self._fetch_token()

    async def _fetch_token(self) -> None:
        self.n_sessions += 1
        call, response = await self.insist("token", "GET", "/api/auth/token")
        assert call.is_done and response, call
        self.token = response.json()["token"]
        self.is_signed_in.set()

    async def sign_out(self) -> Call:
        """Ends the session and returns the answered request."""
        self.is_signed_in.clear()
        call, _ = await self.insist("sign-out", "POST", "/api/auth/sign-out", json={})
        return call

    async def on_every_server(self, examine: Callable) -> None:
        """Makes a request to each server at once."""
        await asyncio.gather(*(examine(server) for server in self.cluster.servers))


def note_answer(call: Call, response: httpx.Response) -> None:
    call.status = response.status_code
    call.server = response.headers.get("x-server", call.server)
    call.retry_after = response.headers.get("retry-after", "")
