"""How far a source was read, and how the same content is known again under any name (pure).

A source is known by its first data line. Two sources may begin alike, so a mark also holds anchors: what stood at
lines 1, 2, 4, 8 ... and at its end. A source that does not fit them is another one and gets another identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from collectors.lines import HEAD_BYTES, RawLine
from streams.records import identify

FINGERPRINT_BYTES = 4 * HEAD_BYTES
_TAIL_BYTES = 64
_MOST_ALIKE = 16

Peek = Callable[[int, int], bytes]
"""(offset, size): at most `size` bytes of the source from there."""


class Mark(msgspec.Struct, array_like=True):
    """So far a source was read: `offset` bytes, `lines` lines. `device` and `inode` are where it lay then.

    `sequence` = the batch that took it so far, `read_ms` when.
    """

    identity: bytes
    name: str = ""
    offset: int = 0
    lines: int = 0
    anchors: list[tuple[int, bytes]] = msgspec.field(default_factory=list)
    tail: bytes = b""
    device: int = 0
    inode: int = 0
    sequence: int = 0
    read_ms: int = 0
    note: bytes = b""

    def advanced(self, lines: Sequence[RawLine]) -> Mark:
        """The mark behind these lines, which follow it."""
        if not lines:
            return self
        anchors = list(self.anchors)
        number = 1 << self.lines.bit_length()
        while number <= self.lines + len(lines):
            line = lines[number - self.lines - 1]
            anchors.append((line.end, _digest(line.data)))
            number *= 2
        last = lines[-1]
        # The head is all that is left of a faulty line, so nothing can be said about its end.
        return msgspec.structs.replace(
            self,
            offset=last.end,
            lines=self.lines + len(lines),
            anchors=[anchor for anchor in anchors if anchor[1]],
            tail=b"" if last.fault else _digest(last.data),
        )

    def ends_as(self, peek: Peek) -> bool:
        """True when what stands in front of the mark is still what was read there."""
        return not self.tail or _digest_before(peek, self.offset) == self.tail

    def fits(self, peek: Peek, size: int) -> bool:
        """True when the source of `size` bytes says at every anchor what this one said."""
        anchors = [*self.anchors, (self.offset, self.tail)]
        return all(_digest_before(peek, offset) == digest for offset, digest in anchors if digest and offset <= size)


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line[-_TAIL_BYTES:], digest_size=8).digest() if len(line) <= HEAD_BYTES else b""


def _digest_before(peek: Peek, offset: int) -> bytes:
    start = max(0, offset - HEAD_BYTES - 1)
    line = peek(start, offset - start).removesuffix(b"\n").rpartition(b"\n")[2]
    return _digest(line)


def fingerprint(head: bytes, header_lines: int, complete: bool) -> bytes:
    """What the source is known by: its header and first data line; empty as long as that line is not complete.

    `head` = its first `FINGERPRINT_BYTES`; `complete`: nothing will be added, so the last line needs no line end.
    """
    *lines, rest = head.split(b"\n")
    if len(lines) <= header_lines and rest and (complete or len(head) >= FINGERPRINT_BYTES):
        lines.append(rest)
    if len(lines) <= header_lines and len(head) < FINGERPRINT_BYTES:
        return b""
    return identify(*(line[:HEAD_BYTES].hex() for line in lines[: header_lines + 1]))


def known_again(
    found: bytes, peek: Peek, size: int, mark_of: Callable[[bytes], Mark | None]
) -> tuple[bytes, Mark | None]:
    """The identity of the source with this fingerprint, and its mark if it was read before."""
    for number in range(_MOST_ALIKE):
        identity = identify(found.hex(), number)
        mark = mark_of(identity)
        if mark is None or mark.fits(peek, size):
            return identity, mark
    return identity, mark
