"""Appends the batches of one feed to the log, each exactly once, together with how far its sources were read.

The number of the batch and the marks of the sources travel in the same append as the facts. After an append without
an answer the bookmark in the log tells whether it happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from collectors.deadletters import DeadLetters, Letter
from collectors.marks import Mark
from collectors.memory import FeedFolder
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.log import EventLog, LogWentBack
from streams.partition import split

ROLES = ("live", "replay")


class _Pending(NamedTuple):
    """A batch on its way: it is in the log, or will be, exactly once."""

    batch: Batch
    bookmark: dict[str, bytes]
    marks: tuple[Mark, ...]
    retried: tuple[str, ...]
    letters: tuple[Letter, ...]
    changes_source: bool


class Appender:
    """What is known of one feed's way into the log.

    `known` holds the marks of every source by identity, `marks` those that travel in the bookmark, by role. `tally`
    is the sum of what this appender brought into the log; `positions` lie behind its last entries, one in each part.
    `unsaid` is what the last appender left for the parser.
    """

    def __init__(self, feed: str, log: EventLog, folder: FeedFolder, letters: DeadLetters) -> None:
        self.sequence = 0
        self.known: dict[bytes, Mark] = {}
        self.marks: dict[str, Mark] = {}
        self.tally = Tally()
        self.positions: tuple[str, ...] = ()
        self.appended_ms = 0
        self.unsaid = b""
        self._feed = feed
        self._log = log
        self._folder = folder
        self._letters = letters
        self._pending: _Pending | None = None
        self._kept_beside = False
        self._unsure = False

    @property
    def pending(self) -> bool:
        """True while it is not certain that the last batch is in the log."""
        return self._pending is not None

    def start(self, now_ms: int) -> None:
        """Goes on where the last appender of this feed stopped. Raises `LogUnavailable`."""
        bookmark = self._log.bookmark(self._feed)
        self.unsaid = bookmark.get("unsaid", b"")
        self.sequence = int(bookmark.get("sequence", b"0"))
        # Marks that are ahead of the log are of batches that a power cut took out of it.
        self.known.update({mark.identity: mark for mark in self._folder.marks() if mark.sequence <= self.sequence})
        for role in ROLES:
            if role in bookmark:
                self.marks[role] = msgspec.msgpack.decode(bookmark[role], type=Mark)
                self._note(self.marks[role])
        if "retried" in bookmark:
            self._letters.remove(self._feed, msgspec.msgpack.decode(bookmark["retried"], type=list[str]), now_ms)

    def append(
        self,
        batch: Batch,
        marks: Mapping[str, Mark],
        retried: Sequence[str] = (),
        letters: Sequence[Letter] = (),
        unsaid: bytes = b"",
    ) -> None:
        """Brings the next batch into the log; its number is set here.

        `marks`: how far it takes the sources, by role. `retried`: letters that are dead no more. `letters`: its dead
        lines. `unsaid`: what the parser knows behind it that no fact says.

        After `LogUnavailable`, `LogFull` or OSError the batch is pending: call `settle`.
        """
        batch.sequence = self.sequence + 1
        marks = {role: msgspec.structs.replace(mark, sequence=batch.sequence) for role, mark in marks.items()}
        changes_source = any(
            role in self.marks and self.marks[role].identity != mark.identity for role, mark in marks.items()
        )
        self.marks |= marks
        bookmark = {role: msgspec.msgpack.encode(mark) for role, mark in self.marks.items()}
        bookmark["sequence"] = str(batch.sequence).encode()
        if unsaid:
            bookmark["unsaid"] = unsaid
        if retried:
            bookmark["retried"] = msgspec.msgpack.encode(list(retried))
        self._pending = _Pending(batch, bookmark, tuple(marks.values()), tuple(retried), tuple(letters), changes_source)
        self._kept_beside = self._unsure = False
        self.settle()

    def settle(self) -> None:
        """Makes sure that the pending batch is in the log, once, its letters and finished sources on disk before it.

        Raises `LogUnavailable`, `LogFull`, or OSError where the data folder cannot be written; `LogWentBack` when
        batches before it are no longer there: this appender is then of no more use.
        """
        pending = self._pending
        if pending is None:
            return
        if not self._kept_beside:
            if pending.changes_source:
                self._folder.save_marks(self.known.values())
            self._letters.write(self._feed, pending.letters, pending.batch.sequence)
            self._kept_beside = True
        before = pending.batch.sequence - 1
        found = self._in_the_log() if self._unsure else before
        if found < before:
            message = (
                f"feed {self._feed}: the log ends with its batch {found}, batch {before} was acknowledged: it came "
                "back with less than it had, the lines since are read again"
            )
            raise LogWentBack(message)
        if found == before:
            payloads = [encode(part) for part in split(pending.batch, len(self._log.parts))]
            self._unsure = True
            self.positions = self._log.append(payloads, (self._feed, pending.bookmark))
        self._letters.remove(self._feed, pending.retried, pending.batch.collected_ms)
        self._pending = None
        self.sequence = pending.batch.sequence
        self.appended_ms = pending.batch.collected_ms
        self.tally.add(pending.batch.tally)
        for mark in pending.marks:
            self._note(mark)

    def _in_the_log(self) -> int:
        return int(self._log.bookmark(self._feed).get("sequence", b"0"))

    def _note(self, mark: Mark) -> None:
        known = self.known.get(mark.identity)
        if mark.identity and (known is None or known.offset <= mark.offset):
            self.known[mark.identity] = mark
