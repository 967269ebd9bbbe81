"""Counts of trunks and service numbers, one row for each trunk and instant, become facts (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collectors.contract import DUPLICATE, EARLIEST_MS, BadLine, Parsed, SaysAllAtOnce, Verdict, Wiring, dead
from collectors.delimited import HeadedRows, Splitter, read_splitter
from collectors.instants import Instants, read_format, read_zone
from collectors.names import check_name
from collectors.options import Options
from collectors.remembered import Remembered
from streams.records import Cell, Fact, TrunkCounted, identify

MOST_CHANNELS = 50_000
_NUMBER = re.compile(r"[0-9]{1,15}")
_MEANINGS = ("cumulative", "since_last")


@dataclass(frozen=True)
class TrunksOptions:
    """The keys of a trunks feed, ready to make its parser. `time` to `blocked` name columns; empty: there is none.

    `numbers` says which queue or hotline a service number leads to; one that is not named leads to its own name.
    """

    splitter: Splitter
    zone: ZoneInfo | None
    time_format: str
    cumulative: bool
    holds_ms: int
    keep_ms: int
    rotated: str
    time: str
    number: str
    trunk: str
    channels: str
    in_use: str
    busy: str
    blocked: str
    numbers: Mapping[str, str]

    def parser(self, wiring: Wiring) -> TrunksParser:
        """See `ParserOptions.parser`."""
        return TrunksParser(self, wiring)


def read_options(table: Mapping[str, object]) -> TrunksOptions:
    """The checked keys. Raises `BadOptions`."""
    options = Options(table)
    numbers = options.table_of_texts("numbers")
    found = TrunksOptions(
        splitter=read_splitter(options),
        zone=read_zone(options),
        time_format=read_format(options, "time_format", "%Y-%m-%d %H:%M:%S"),
        cumulative=options.text("counts", "cumulative", _MEANINGS) == "cumulative",
        holds_ms=options.whole("holds_seconds", 300, 1, 86_400) * 1000,
        keep_ms=options.whole("keep_hours", 36, 1, 744) * 3_600_000,
        rotated=options.text("rotated", ""),
        time=options.text("time", "time"),
        number=options.text("number", "number"),
        trunk=options.text("trunk", "trunk"),
        channels=options.text("channels", "channels"),
        in_use=options.text("in_use", "in_use"),
        busy=options.text("busy", "busy"),
        blocked=options.text("blocked", "blocked"),
        numbers={number: queues[0] if len(queues) == 1 else "" for number, queues in numbers.items()},
    )
    for number, queue in found.numbers.items():
        if not queue:
            options.fault("numbers", f"{number!r} leads nowhere", "name one queue or hotline for each number")
    for column in ("time", "number", "channels", "in_use"):
        if not getattr(found, column):
            options.fault(column, "is empty", "name the column")
    options.end()
    options.raise_faults()
    return found


class TrunksParser(SaysAllAtOnce):
    """See `Parser`. A row is known by its trunk and instant; those that were read are remembered for `keep_hours`."""

    header_lines = 1
    keyed = True

    def __init__(self, options: TrunksOptions, wiring: Wiring) -> None:
        self._options = options
        self._wiring = wiring
        self._instants = Instants(options.time_format, options.zone or wiring.zone)
        columns = (options.time, options.number, options.trunk, options.channels, options.in_use)
        self._rows = HeadedRows(options.splitter, (*columns, options.busy, options.blocked))
        self._remembered = Remembered(options.keep_ms, tuple[bytes, int])

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:
        """See `Parser.begin`."""
        del source  # a row is known by its trunk and instant
        self._rows.begin(first_line, note)

    def note(self) -> bytes:
        """See `Parser.note`."""
        return self._rows.note

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """See `Parser.parse`."""
        try:
            row = self._rows.read(line, position)
            return row if isinstance(row, Parsed) else self._read(row, now_ms, known)
        except BadLine as error:
            return dead(str(error))

    def _read(self, row: Mapping[str, str], now_ms: int, known: bool) -> Parsed:
        fact = self._fact(row)
        if fact.at_ms < EARLIEST_MS:
            message = "time: before 2000, the source's clock was never set"
            raise BadLine(message)
        if fact.at_ms > now_ms + self._wiring.skew_ms:
            message = "time: in the future"
            raise BadLine(message)
        key, content = (fact.trunk, fact.at_ms), _content(fact)
        remembered = self._remembered.get(key)
        if known or remembered == content:
            return DUPLICATE
        if remembered is not None:
            message = "conflict: another row counts the same trunk at the same time and says something else"
            raise BadLine(message)
        self._remembered.put(key, content, now_ms)
        return Parsed(Verdict.COUNTED, [fact], event_ms=fact.at_ms, site=fact.cell.site)

    def _fact(self, row: Mapping[str, str]) -> TrunkCounted:
        options = self._options
        names = [row[column] if column else "" for column in (options.number, options.trunk)]
        for column, name in zip((options.number, options.trunk), names, strict=True):
            if column:
                check_name(column, name)
        channels, in_use = _whole(row, options.channels, MOST_CHANNELS), _whole(row, options.in_use, MOST_CHANNELS)
        if in_use > channels:
            message = f"{options.in_use}: {in_use} channels in use of {channels}"
            raise BadLine(message)
        busy, blocked = (_whole(row, column) if column else 0 for column in (options.busy, options.blocked))
        routed = self._wiring.route(options.numbers.get(names[0], names[0]))
        cell = Cell(
            routed.hotline,
            site=routed.site,
            project=routed.project,
            client=routed.client,
            configured=routed.configured,
            family="trunks",
        )
        trunk = identify(self._wiring.feed, *names)
        return TrunkCounted(
            trunk,
            self._instants.of(row[options.time]),
            cell,
            channels,
            in_use,
            busy,
            blocked,
            options.cumulative,
            options.holds_ms,
        )

    def restore(self, facts: Sequence[Fact], collected_ms: int) -> None:
        """See `Parser.restore`."""
        said = {(fact.trunk, fact.at_ms): _content(fact) for fact in facts if isinstance(fact, TrunkCounted)}
        self._remembered.restore(said, collected_ms)

    def forget(self, now_ms: int) -> None:
        """See `Parser.forget`."""
        self._remembered.forget(now_ms)

    def dump_state(self) -> bytes:
        """See `Parser.dump_state`."""
        return self._remembered.dump()

    def load_state(self, state: bytes) -> None:
        """See `Parser.load_state`."""
        self._remembered.load(state)


def _whole(row: Mapping[str, str], column: str, most: int | None = None) -> int:
    if not _NUMBER.fullmatch(row[column]):
        message = f"{column}: {row[column][:40]!r} is no whole number from 0 on"
        raise BadLine(message)
    value = int(row[column])
    if most is not None and value > most:
        message = f"{column}: {value} is more than {most}"
        raise BadLine(message)
    return value


def _content(fact: TrunkCounted) -> bytes:
    return identify(fact.channels, fact.in_use, fact.busy, fact.blocked)
