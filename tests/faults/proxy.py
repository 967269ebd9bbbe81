"""A bad line between our processes and Redis: passes bytes on, or cuts, swallows, slows, slices or resets them."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

Weather = Literal["fine", "cut", "half_open", "slow", "sliced", "reset"]
SLOW_SECONDS = 0.15
LARGEST_SLICE_BYTES = 40
_CHUNK_BYTES = 65_536
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a port of 127.0.0.1 while it is open and passes on to a unix socket.

    `weather` may be set at any time. "cut": connections end and new ones end at once. "half_open": they stay and
    nothing arrives, either way. "slow": 150 ms for every piece. "sliced": pieces of 1 to 40 bytes. "reset": every
    connection is reset at its next piece.
    """

    def __init__(self, target: Path) -> None:
        self.port = 0
        self._weather: Weather = "fine"
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._chance = random.Random(7)

    def __enter__(self) -> Self:
        self._thread.start()
        start = asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def weather(self) -> Weather:
        """How bad the line is."""
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._weather = weather
        if weather == "cut":
            self._soon(self._close_all)

    def _soon(self, work: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(work)

    def _close_all(self) -> None:
        for writer in self._open:
            writer.close()

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        self._close_all()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._weather == "cut":
            writer.close()
            return
        server_reader, server_writer = await asyncio.open_unix_connection(self._target)
        both = {writer, server_writer}
        self._open |= both
        try:
            ways = [self._one_way(reader, server_writer, writer), self._one_way(server_reader, writer, writer)]
            await asyncio.wait([asyncio.create_task(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open -= both
            for each in both:
                each.close()

    async def _one_way(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(_CHUNK_BYTES):
                match self._weather:
                    case "half_open":
                        continue  # swallowed: what comes later does not fit, as after a router lost its memory
                    case "slow":
                        await asyncio.sleep(SLOW_SECONDS)
                    case "reset":
                        client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                        client.transport.abort()
                        return
                for part in self._parts(piece):
                    writer.write(part)
                    await writer.drain()

    def _parts(self, piece: bytes) -> list[bytes]:
        if self._weather != "sliced":
            return [piece]
        parts = []
        while piece:
            size = self._chance.randint(1, LARGEST_SLICE_BYTES)
            parts.append(piece[:size])
            piece = piece[size:]
        return parts
