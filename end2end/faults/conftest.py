"""Servers whose models fail."""

import json
from collections.abc import Iterator

import pytest
from llmock.testing import LLMockServer

from client import serve, sign_up
from conversation import IDLE_S, Conversation
from raw import RawModel
from server import start, stop

TOOLS = [{"name": name, "parameters": {"type": "object"}} for name in ("get_selection", "get_title")]


def settings(base_url: str, **more: str) -> dict[str, str]:
    common = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "sk-secret", "MODEL_IDLE_TIMEOUT": f"{IDLE_S}s"}
    return common | {"OPENAI_MODEL": "model-1"} | more


@pytest.fixture(scope="session")
def llmock_url(llmock_server: LLMockServer) -> Iterator[str]:
    """A server whose model is llmock."""
    yield from serve(settings(llmock_server.base_url("openai")))


@pytest.fixture(scope="session")
def llmock_tools_url(llmock_server: LLMockServer) -> Iterator[str]:
    """A server whose model is llmock, which calls tools wherever it is offered any."""
    yield from serve(settings(llmock_server.base_url("openai"), CLIENT_TOOLS=json.dumps(TOOLS)))


@pytest.fixture(scope="session")
def aimock_url() -> Iterator[str]:
    """A server whose model is the stories', with tools and models to choose from."""
    process, url = start(["node", "end2end/fixtures/aimock.mjs"], {})
    more = {"OPENAI_MODEL": "", "OPENAI_MODELS": "model-1,model-2", "CLIENT_TOOLS": json.dumps(TOOLS)}
    yield from serve(settings(f"{url}/v1", **more))
    stop(process)


@pytest.fixture(scope="session")
def raw_model() -> Iterator[RawModel]:
    model = RawModel()
    yield model
    model.close()


@pytest.fixture(scope="session")
def raw_url(raw_model: RawModel) -> Iterator[str]:
    """A server whose model is ours."""
    yield from serve(settings(raw_model.base_url))


@pytest.fixture(scope="session")
def raw_tools_url(raw_model: RawModel) -> Iterator[str]:
    """A server whose model is ours and may call tools."""
    yield from serve(settings(raw_model.base_url, CLIENT_TOOLS=json.dumps(TOOLS)))


@pytest.fixture(scope="session")
def raw_titles_url(raw_model: RawModel) -> Iterator[str]:
    """A server whose model is ours and writes titles."""
    yield from serve(settings(raw_model.base_url, MODEL_TITLES="on"))


@pytest.fixture(scope="session")
def raw_backend_url(raw_model: RawModel) -> Iterator[str]:
    """A server before another ChatKit server, which is ours."""
    yield from serve({"CHATKIT_UPSTREAM_URL": raw_model.base_url, "MODEL_IDLE_TIMEOUT": f"{IDLE_S}s"})


@pytest.fixture
def with_raw_titles(raw_titles_url: str) -> Conversation:
    return Conversation(sign_up(raw_titles_url))


@pytest.fixture
def with_raw_backend(raw_backend_url: str) -> Conversation:
    return Conversation(sign_up(raw_backend_url))


@pytest.fixture
def with_raw_tools(raw_tools_url: str) -> Conversation:
    return Conversation(sign_up(raw_tools_url))


@pytest.fixture
def with_new_raw_tools(raw_model: RawModel) -> Iterator[Conversation]:
    """A server of its own, since servers remember what their models take."""
    for url in serve(settings(raw_model.base_url, CLIENT_TOOLS=json.dumps(TOOLS))):
        yield Conversation(sign_up(url))


@pytest.fixture
def with_llmock(llmock, llmock_url: str) -> Conversation:
    return Conversation(sign_up(llmock_url))


@pytest.fixture
def with_llmock_tools(llmock, llmock_tools_url: str) -> Conversation:
    return Conversation(sign_up(llmock_tools_url))


@pytest.fixture
def with_aimock(aimock_url: str) -> Conversation:
    return Conversation(sign_up(aimock_url))


@pytest.fixture
def with_raw(raw_url: str) -> Conversation:
    return Conversation(sign_up(raw_url))
