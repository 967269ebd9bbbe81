"""Bytes become lines, each with its place in the source; memory stays small whatever comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

CHUNK_BYTES = 128 * 1024
LONGEST_LINE = 1024 * 1024
HEAD_BYTES = 4096
_MOST_CHUNKS = 256


class RawLine(NamedTuple):
    """One line without its line end. `position` = its first byte in the source, `end` = the next line's.

    `fault`: why it cannot be a line; `data` is then its head of 4 KB at most.
    """

    position: int
    data: bytes
    end: int
    fault: str = ""


class LineReader:
    """Cuts what `read(size)` returns into lines, beginning at `offset`; an unfinished line is kept back."""

    def __init__(self, read: Callable[[int], bytes], offset: int) -> None:
        self._read = read
        self._rest = b""
        self._rest_at = offset
        self._overlong = 0
        self._ready: list[RawLine] = []
        self.ended = False
        """True while the last read found nothing more."""

    @property
    def waiting(self) -> bool:
        """True when complete lines were read and not given yet."""
        return bool(self._ready)

    @property
    def read_up_to(self) -> int:
        """The position behind the last byte that was read."""
        return self._rest_at + (self._overlong or len(self._rest))

    def lines(self, limit: int) -> list[RawLine]:
        """At most `limit` lines; none: no line is complete now (`ended`: and nothing more is there)."""
        for _ in range(_MOST_CHUNKS):
            if self._ready:
                break
            self._fill()
            if self.ended:
                break
        given, self._ready = self._ready[:limit], self._ready[limit:]
        return given

    def unfinished(self, fault: str) -> list[RawLine]:
        """The line at the end that has no line end, if there is one; it is taken out."""
        if self.read_up_to == self._rest_at:
            return []
        if self._overlong:
            fault = _too_long(self._overlong)
        line = RawLine(self._rest_at, self._rest[:HEAD_BYTES] if fault else self._rest, self.read_up_to, fault)
        self._rest_at, self._rest, self._overlong = line.end, b"", 0
        return [line]

    def broken(self, fault: str) -> list[RawLine]:
        """The source cannot be read any further: one faulty line that says so, with what is left."""
        self.ended = True
        return self.unfinished(fault) or [RawLine(self._rest_at, b"", self._rest_at, fault)]

    def _fill(self) -> None:
        chunk = self._read(CHUNK_BYTES)
        self.ended = not chunk
        if not chunk:
            return
        if self._overlong:
            end = chunk.find(b"\n")
            if end < 0:
                self._overlong += len(chunk)
                return
            line_end = self._rest_at + self._overlong + end + 1
            self._ready.append(RawLine(self._rest_at, self._rest, line_end, _too_long(line_end - self._rest_at - 1)))
            self._rest, self._rest_at, self._overlong = b"", line_end, 0
            chunk = chunk[end + 1 :]
        *complete, rest = (self._rest + chunk).split(b"\n")
        position = self._rest_at
        for data in complete:
            end = position + len(data) + 1
            if len(data) > LONGEST_LINE:
                self._ready.append(RawLine(position, data[:HEAD_BYTES], end, _too_long(len(data))))
            else:
                self._ready.append(RawLine(position, data, end))
            position = end
        self._rest, self._rest_at = rest, position
        if len(rest) > LONGEST_LINE:
            self._rest, self._overlong = rest[:HEAD_BYTES], len(rest)


def _too_long(length: int) -> str:
    return f"line of {length} bytes is longer than {LONGEST_LINE}"
