"""A TCP proxy that delays, limits, cuts, resets and swallows what passes through it."""

import asyncio
import contextlib
import json
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass

CHUNK = 16 * 1024


@dataclass(eq=False)
class Link:
    """A connection through the proxy."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    tasks: list[asyncio.Task]


class FaultProxy:
    """Passes connections to a port of this machine, in one of these modes:

    - pass: everything goes through, after `delay_s`, at most `bytes_per_s` if that is not 0
    - refuse: new connections are closed at once
    - black-hole: connections stay open, and nothing goes through. What is read meanwhile goes through afterwards.
    """

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = 0
        self.delay_s = 0.0
        self.bytes_per_s = 0
        self._mode = "pass"
        self._passes = asyncio.Event()
        self._passes.set()
        self._links: set[Link] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self.cut()
        if self._server:
            self._server.close()

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        assert mode in ("pass", "refuse", "black-hole"), mode
        self._mode = mode
        if mode == "black-hole":
            self._passes.clear()
        else:
            self._passes.set()

    def cut(self) -> None:
        """Ends all connections, as a peer that closes them."""
        for link in list(self._links):
            self._end(link)

    def reset(self) -> None:
        """Ends all connections by a reset."""
        for link in list(self._links):
            for writer in (link.near, link.far):
                with contextlib.suppress(OSError):
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    writer.transport.abort()
            self._end(link)

    async def _accept(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        if self._mode == "refuse":
            near.close()
            return
        await self._passes.wait()
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            near.close()
            return
        link = Link(near, far, [])
        self._links.add(link)
        link.tasks = [
            asyncio.create_task(self._pump(link, near_reader, far)),
            asyncio.create_task(self._pump(link, far_reader, near)),
        ]

    async def _pump(self, link: Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK):
                await self._passes.wait()
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if self.bytes_per_s:
                    await asyncio.sleep(len(data) / self.bytes_per_s)
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        # Either side's end ends both: PostgreSQL has no connections that are closed by half.
        self._end(link)

    def _end(self, link: Link) -> None:
        if link not in self._links:
            return
        self._links.remove(link)
        for writer in (link.near, link.far):
            writer.close()
        for task in link.tasks:
            if task is not asyncio.current_task():
                task.cancel()


class ProxyProcess:
    """A proxy in a process of its own: what else is going on here delays nothing that passes through it."""

    def __init__(self, target_port: int) -> None:
        command = [sys.executable, __file__, str(target_port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())

    def order(self, **fields) -> None:
        """Sets fields of the proxy, and calls methods that are given as `do`; returns when that is done."""
        print(json.dumps(fields), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "done\n"

    def close(self) -> None:
        """Ends the process, and all connections with it."""
        self._process.kill()
        self._process.wait()


async def obey(target_port: int) -> None:
    """Runs a proxy that takes orders from standard input, each a line of JSON."""
    proxy = FaultProxy(target_port)
    await proxy.open()
    print(proxy.port, flush=True)
    orders = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(orders)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await orders.readline():
        for name, value in json.loads(line).items():
            if name == "do":
                getattr(proxy, value)()
            else:
                setattr(proxy, name, value)
        print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(obey(int(sys.argv[1])))
