"""Another backend verifies tokens of our keys, with nothing but the address of /jwks and its own JWT library."""

import re
from collections.abc import Iterator

import jose.exceptions
import jose.jwt
import jwt
import pytest

from client import User, serve, sign_up
from server import ROOT

ALGORITHMS = ["EdDSA", "ES256", "RS256"]


@pytest.fixture(scope="module", params=ALGORITHMS)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A server with keys of its own: what signs, and where it listens."""
    for url in serve({"JWT_ALGORITHM": request.param}):
        yield request.param, url


@pytest.fixture
def algorithm(server: tuple[str, str]) -> str:
    return server[0]


@pytest.fixture
def grace(server: tuple[str, str]) -> User:
    return sign_up(server[1])


def origin(user: User) -> str:
    """What the server calls itself: localhost, where BETTER_AUTH_URL is unset."""
    return user.url.replace("127.0.0.1", "localhost")


def test_pyjwt_verifies_by_jwks(grace: User, algorithm: str) -> None:
    key = jwt.PyJWKClient(f"{grace.url}/api/auth/jwks").get_signing_key_from_jwt(grace.token)
    claims = jwt.decode(
        grace.token,
        key,
        algorithms=[algorithm],
        issuer=origin(grace),
        audience=origin(grace),
        options={"require": ["exp", "iat", "iss", "aud", "sub", "sid"]},
    )
    assert claims["sub"] == grace.id
    assert claims["exp"] - claims["iat"] == 900
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(grace.token, key, algorithms=[algorithm], audience="https://elsewhere.example")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(grace.token[:-8] + "AAAAAAAA", key, algorithms=[algorithm], audience=origin(grace))


def test_python_jose_verifies_by_jwks(grace: User, algorithm: str) -> None:
    if algorithm == "EdDSA":
        # It does not know that algorithm, and says so; docs/tokens.md names ES256 and RS256 for it.
        with pytest.raises(jose.exceptions.JOSEError):
            jose.jwt.decode(grace.token, grace.http.get("/api/auth/jwks").json(), algorithms=[algorithm])
        return
    jwks = grace.http.get("/api/auth/jwks").raise_for_status().json()
    claims = jose.jwt.decode(
        grace.token, jwks, algorithms=[algorithm], issuer=origin(grace), audience=origin(grace)
    )
    assert claims["sub"] == grace.id


def test_the_header_names_the_key_and_nothing_else(grace: User, algorithm: str) -> None:
    [key] = grace.http.get("/api/auth/jwks").json()["keys"]
    assert jwt.get_unverified_header(grace.token) == {"alg": algorithm, "kid": key["kid"]}
    assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys(), "nothing private is published"


def test_chatkit_takes_the_token(grace: User) -> None:
    assert grace.chatkit("threads.list").status_code == 200


def test_chatkit_refuses_a_token_that_the_public_key_signs_as_a_secret(grace: User) -> None:
    [published] = grace.http.get("/api/auth/jwks").json()["keys"]
    claims = jwt.decode(grace.token, options={"verify_signature": False})
    secret = published.get("x", published.get("n"))
    grace.token = jwt.encode(claims, secret, algorithm="HS256", headers={"kid": published["kid"]})
    assert grace.chatkit("threads.list").status_code == 401


def test_the_documents_snippet_knows_the_user(grace: User, algorithm: str) -> None:
    snippets = re.findall(r"(?ms)^```python\n(.*?)^```", (ROOT / "docs/tokens.md").read_text())
    [snippet] = [it for it in snippets if "PyJWKClient" in it]
    scope: dict = {}
    # The address and the algorithm of the example are those of this server.
    exec(snippet.replace("https://chat.example.com", origin(grace)).replace("EdDSA", algorithm), scope)
    assert scope["user_id"](grace.token) == grace.id
