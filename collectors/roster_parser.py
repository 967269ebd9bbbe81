"""What parsers of shifts and absences have in common, whatever the form of their rows (pure)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from collectors.contract import BadLine, Parsed, SaysAllAtOnce, Verdict, dead
from collectors.refused import Refused
from collectors.roster import Roster
from collectors.whole_file import END
from streams.records import Fact


class RosterParser(SaysAllAtOnce, ABC):
    """See `Parser`. What the rows say is kept in a `Roster`; of a file that is read again and again, a refused row is
    told once.
    """

    keyed = True

    def __init__(self, feed: str, zone: ZoneInfo) -> None:
        self._roster = Roster(feed, zone)
        self._source = ""
        self._refused: Refused | None = None

    @abstractmethod
    def _row(self, line: bytes, position: int, now_ms: int, known: bool) -> Parsed:
        """What one row comes to. Raises `BadLine`."""

    def resume(self, note: bytes) -> None:
        """The file is read again and again; these rows of it were refused."""
        self._refused = Refused(note)

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """See `Parser.parse`."""
        if position == END:
            if self._refused:
                self._refused.end()
            return Parsed(Verdict.HEADER, self._roster.end(self._source, now_ms))
        if position == 0:
            self._roster.begin(self._source)
        try:
            parsed = self._row(line, position, now_ms, known)
        except BadLine as error:
            parsed = dead(str(error))
        return self._refused.once(line, parsed) if self._refused else parsed

    def restore(self, facts: Sequence[Fact], collected_ms: int) -> None:
        """See `Parser.restore`."""
        del collected_ms
        self._roster.restore(facts)

    def forget(self, now_ms: int) -> None:
        """See `Parser.forget`."""
        self._roster.forget(now_ms)

    def dump_state(self) -> bytes:
        """See `Parser.dump_state`."""
        return self._roster.dump()

    def load_state(self, state: bytes) -> None:
        """See `Parser.load_state`."""
        self._roster.load(state)
