"""The proxy of faults: what it lets through, and what it does not."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fault_proxy import FaultProxy, ProxyProcess

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def with_proxy(story: Callable[[FaultProxy, Streams], Awaitable[None]]) -> None:
    """Runs a story with a connection through a proxy to a server that echoes."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1024):
            writer.write(data)
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        proxy = FaultProxy(server.sockets[0].getsockname()[1])
        await proxy.open()
        streams = await asyncio.open_connection("127.0.0.1", proxy.port)
        streams[1].write(b"first")
        assert await streams[0].readexactly(5) == b"first"
        await story(proxy, streams)
        streams[1].close()
        proxy.close()
        server.close()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_a_black_hole_swallows_nothing_for_good() -> None:
    async def story(proxy: FaultProxy, streams: Streams) -> None:
        reader, writer = streams
        proxy.mode = "black-hole"
        writer.write(b"second")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(6), 0.2)
        proxy.mode = "pass"
        assert await reader.readexactly(6) == b"second"

    with_proxy(story)


def test_it_delays_and_limits() -> None:
    async def story(proxy: FaultProxy, streams: Streams) -> None:
        reader, writer = streams
        clock = asyncio.get_running_loop().time
        for fault in ({"delay_s": 0.1}, {"delay_s": 0, "bytes_per_s": 60}):
            for name, value in fault.items():
                setattr(proxy, name, value)
            begun = clock()
            writer.write(b"second")
            await reader.readexactly(6)
            assert 0.19 < clock() - begun < 2, "both ways, each a tenth of a second"

    with_proxy(story)


def test_it_cuts_and_refuses() -> None:
    async def story(proxy: FaultProxy, streams: Streams) -> None:
        proxy.cut()
        assert await streams[0].read() == b""
        proxy.mode = "refuse"
        reader, _ = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await reader.read() == b""

    with_proxy(story)


def test_it_obeys_in_a_process_of_its_own() -> None:
    async def story(proxy: FaultProxy, _: Streams) -> None:
        process = ProxyProcess(proxy.target_port)
        reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
        process.order(delay_s=0.1, mode="black-hole")
        writer.write(b"second")
        process.order(mode="pass")
        assert await reader.readexactly(6) == b"second"
        process.order(do="cut")
        assert await reader.read() == b""
        process.close()

    with_proxy(story)


def test_it_resets() -> None:
    async def story(proxy: FaultProxy, streams: Streams) -> None:
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            await streams[0].read()

    with_proxy(story)
