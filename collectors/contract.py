"""What every collector is: settings that check themselves, and a pure parser of one feed's lines.

A parser never reads a clock, a file or a socket. What it remembers of earlier lines is a plain value
(`dump_state`, `load_state`) and can also be rebuilt from the facts that it made (`restore`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from streams.records import Cell, Fact

EARLIEST_MS = 946_684_800_000
"""2000-01-01T00:00:00Z. A machine's own clock that says less was never set."""

LONGEST_MS = 86_400_000
"""No wait, talk, hold or after-call work is longer than a day (closed)."""


class CollectorError(Exception):
    """The root of what a collector raises; the class says what to do."""


class BadLine(CollectorError):
    """This line goes to the dead letters with the message as its reason; the feed goes on."""


class SourceTrouble(CollectorError):
    """The source cannot be read now. The feed is in state error, says why, and tries again."""


class FeedBusy(CollectorError):
    """Another process collects this feed: ask that one instead."""


class OptionFault(NamedTuple):
    """One fault in a feed's settings. `place` leads from the feed's table to the key: names and indexes."""

    place: tuple[str | int, ...]
    what: str
    instead: str


class BadOptions(CollectorError):
    """Every fault that the settings of a feed have."""

    def __init__(self, faults: Sequence[OptionFault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{'.'.join(map(str, f.place))}: {f.what}, {f.instead}" for f in self.faults))


class Verdict(Enum):
    """What became of one line; each but HEADER is one column of the feed's tally.

    HEADER is no data: a header, or that a file was read to its end. It may carry facts.
    """

    COUNTED = "counted"
    SKIPPED = "skipped"
    DUPLICATE = "duplicate"
    DEAD = "dead"
    HEADER = "header"


class Parsed(NamedTuple):
    """What one line means.

    A skipped line may carry facts (a restart gives open visits up). `event_ms` is the line's own time, None where it
    states none. `site`: of the hotline that the line speaks of; "" = the default site. `conflict`: a counted line that
    contradicts what stands. `trouble`: the feed as a whole needs a look (the columns of the file changed); it puts the
    feed in state error until a line comes through.
    """

    verdict: Verdict
    facts: Sequence[Fact] = ()
    reason: str = ""
    event_ms: int | None = None
    site: str = ""
    conflict: bool = False
    trouble: str = ""


DUPLICATE = Parsed(Verdict.DUPLICATE)


def dead(reason: str, trouble: str = "") -> Parsed:
    """A line for the dead letters."""
    return Parsed(Verdict.DEAD, reason=reason, trouble=trouble)


@dataclass(frozen=True)
class Wiring:
    """What a feed is wired to.

    `route` gives the cell of a queue or hotline by the feed's own name for it, never failing, `route_campaign` that of
    a campaign, `route_order` that of an order by project, campaign and hotline. `pseudonym` is a keyed one-way name of
    a person, whatever they are called there; `home(name, queue)` is where they belong (provider, site and team of a
    cell, all empty where it is not known), `campaign_home(name, campaign)` the same of who is seen in a campaign.
    `zone` is where the source's clock hangs on the wall. Lines dated later than now + `skew_ms` are refused.
    """

    feed: str
    route: Callable[[str], Cell]
    pseudonym: Callable[[str], bytes]
    zone: ZoneInfo
    skew_ms: int = 120_000
    home: Callable[[str, str], Cell] = lambda _name, _queue: Cell("")
    route_campaign: Callable[[str], Cell] = lambda name: Cell("", family="outbound", campaign=name)
    route_order: Callable[[str, str, str], Cell] = lambda project, campaign, hotline: Cell(
        hotline, project=project, channel="", family="orders", campaign=campaign
    )
    campaign_home: Callable[[str, str], Cell] = lambda _name, _campaign: Cell("")


class Parser(Protocol):
    """The pure half of a collector.

    `header_lines`: so many lines at the top of each source are no data. `keyed`: rows carry an own key, so a copy is
    recognised by its rows; otherwise by the source's identity and position.
    """

    header_lines: int
    keyed: bool

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:
        """The lines that follow come from `source`; `note` is what `note()` said when it was last read, else empty."""
        ...

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """One line without its line end, `position` = its first byte in the source.

        `known`: this line was read before; nothing is remembered and the verdict is dead, skipped or duplicate.
        """
        ...

    def note(self) -> bytes:
        """What must be known, besides its first line, to go on in the middle of this source; mostly nothing."""
        ...

    def unsaid(self) -> bytes:
        """What lines that count already have said and no fact says yet; empty where there is nothing, and mostly it is.

        It goes into the log together with the batch behind which it holds, so it has to be small.
        """
        ...

    def recall(self, unsaid: bytes) -> None:
        """Takes in what `unsaid` gave behind the last batch; called once, when everything is restored.

        Raises ValueError when the bytes are of no use.
        """
        ...

    def restore(self, facts: Sequence[Fact], collected_ms: int) -> None:
        """Learns again what one batch of this feed taught; batches come in the log's order."""
        ...

    def forget(self, now_ms: int) -> None:
        """Drops what is too old to matter. Called from time to time."""
        ...

    def dump_state(self) -> bytes:
        """All that `load_state` needs to go on as if nothing had happened."""
        ...

    def load_state(self, state: bytes) -> None:
        """Takes the place of a parser that said this. Raises ValueError when the bytes are of no use."""
        ...


class SaysAllAtOnce:
    """Part of a `Parser` whose lines say everything at once: none of them waits for the next."""

    def unsaid(self) -> bytes:
        """See `Parser.unsaid`."""
        return b""

    def recall(self, unsaid: bytes) -> None:
        """See `Parser.recall`."""


class ParserOptions(Protocol):
    """A feed's checked settings, ready to make its parser."""

    @property
    def rotated(self) -> str:
        """The glob of the file's rotated forms in its folder; empty: the file's name with anything behind it."""
        ...

    def parser(self, wiring: Wiring) -> Parser:
        """A new parser that remembers nothing."""
        ...


class Collector(NamedTuple):
    """One row of the registry. `read_options` raises `BadOptions`; it touches neither disk nor network."""

    name: str
    reads: str
    read_options: Callable[[Mapping[str, object]], ParserOptions]
