"""Rows of orders and cancellations become facts (pure)."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Sequence
from datetime import date, timedelta

from collectors.contract import DUPLICATE, BadLine, Parsed, SaysAllAtOnce, Verdict, Wiring, dead
from collectors.delimited import Splitter
from collectors.names import bad_call_id, check_name
from collectors.orders.settings import OrdersSettings
from collectors.remembered import Remembered
from collectors.wall_clock import DAY_MS, WallClock
from streams.counters import CURRENCIES
from streams.records import Fact, Ordered

COLUMNS = ("order", "time", "cancels", "project", "campaign", "hotline", "revenue", "currency")
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2200
_KEY_BYTES, _CONTENT_BYTES = 10, 6
_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:(Z)|([+-])(\d{2}):?([0-5]\d))?", re.ASCII
)


class OrdersParser(SaysAllAtOnce):
    """See `Parser`. The id of a row is made of its order (10 bytes) and of all that it says (6 bytes).

    So the facts in the log are enough to know again which orders were read, and whether a row of the same order says
    the same.
    """

    header_lines = 1
    keyed = True

    def __init__(self, settings: OrdersSettings, wiring: Wiring) -> None:
        self._settings = settings
        self._wiring = wiring
        self._wall = WallClock(settings.zone or wiring.zone)
        whole = r"-?[0-9]{1,9}"
        self._amount = re.compile(rf"({whole})(?:{re.escape(settings.decimal)}([0-9]{{1,2}}))?")
        self._splitter = Splitter(settings.delimiter, '"', settings.encoding)
        self._at: dict[str, int] | None = None
        self._drift = "columns changed: no header read yet"
        self._remembered = Remembered(settings.keep_hours * 3_600_000, bytes)

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:
        """See `Parser.begin`."""
        del source, note
        self._bind(first_line)

    def note(self) -> bytes:
        """See `Parser.note`: none is needed, the header is always the first line."""
        return b""

    def _bind(self, line: bytes) -> None:
        self._at = None
        try:
            names = [
                name.strip() for name in self._splitter.split(line.removeprefix(codecs.BOM_UTF8).removesuffix(b"\r"))
            ]
        except BadLine as error:
            self._drift = str(error)
            return
        missing = [name for name in COLUMNS if name not in names]
        twice = sorted({name for name in names if names.count(name) > 1})
        if missing or twice:
            what = f"{', '.join(missing)} missing" if missing else f"{', '.join(twice)} twice"
            self._drift = f"columns changed: {what}"
            return
        self._at = {name: number for number, name in enumerate(names)}

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """See `Parser.parse`."""
        line = line.removesuffix(b"\r")
        if position == 0:
            if self._at is not None:
                return Parsed(Verdict.HEADER)
            line = line.removeprefix(codecs.BOM_UTF8)
        if not line.strip():
            return Parsed(Verdict.SKIPPED, reason="empty")
        try:
            row = self._splitter.split(line)
            if set(COLUMNS) <= set(row):
                self._bind(line)
                return Parsed(Verdict.SKIPPED, reason="header")
            if self._at is None:
                return dead(self._drift, trouble=self._drift)
            return self._read(self._at, row, now_ms, known)
        except BadLine as error:
            return dead(str(error), trouble="" if self._at is not None else self._drift)

    def _read(self, at: dict[str, int], row: Sequence[str], now_ms: int, known: bool) -> Parsed:
        if len(row) != len(at):
            message = f"{len(row)} columns, {len(at)} expected"
            raise BadLine(message)
        said = {name: row[at[name]] for name in COLUMNS}
        order = said["order"]
        _refuse(bad_call_id(order).replace("call id", "order"))
        key = self._key(order)
        content = _digest([said[name] for name in COLUMNS], _CONTENT_BYTES)
        remembered = self._remembered.get(key)
        if remembered == content or known:
            return DUPLICATE
        fact = self._fact(said, key + content)
        if fact.at_ms > now_ms + self._wiring.skew_ms:
            message = "time: in the future"
            raise BadLine(message)
        if remembered is not None:
            message = "conflict: another row has the same order and says something else"
            raise BadLine(message)
        self._remembered.put(key, content, now_ms)
        return Parsed(Verdict.COUNTED, [fact], event_ms=fact.at_ms, site=fact.cell.site)

    def _key(self, order: str) -> bytes:
        return _digest([self._wiring.feed, order], _KEY_BYTES)

    def _fact(self, said: dict[str, str], identity: bytes) -> Ordered:
        for name in ("project", "campaign", "hotline"):
            if said[name]:
                check_name(name, said[name])
        cancels = said["cancels"]
        if cancels:
            _refuse(bad_call_id(cancels).replace("call id", "cancels"))
        minor = self._minor(said["revenue"])
        if not cancels and minor < 0:
            message = "revenue: an order cannot be negative; a cancellation names the order in `cancels`"
            raise BadLine(message)
        if cancels and minor > 0:
            message = "revenue: a cancellation cannot be positive"
            raise BadLine(message)
        currency = said["currency"] or self._settings.currency
        if currency not in CURRENCIES:
            message = f"currency: {currency[:10]!r} is none of {', '.join(CURRENCIES)}"
            raise BadLine(message)
        return Ordered(
            identity,
            self._instant(said["time"]),
            self._wiring.route_order(said["project"], said["campaign"], said["hotline"]),
            self._key(cancels) + bytes(_CONTENT_BYTES) if cancels else b"",
            minor,
            currency,
        )

    def _minor(self, text: str) -> int:
        if not text:
            return 0
        match = self._amount.fullmatch(text)
        if match is None:
            message = f"revenue: {text[:40]!r} is no amount with at most two decimals"
            raise BadLine(message)
        minor = abs(int(match[1])) * 100 + int((match[2] or "").ljust(2, "0"))
        return -minor if text.startswith("-") else minor

    def _instant(self, text: str) -> int:
        match = _TIME.fullmatch(text)
        if match is None:
            message = f"time: {text[:40]!r} is no time such as 2026-07-08 10:00:00, with an offset behind it or without"
            raise BadLine(message)
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError as error:
            message = f"time: {text[:40]!r}: {error}"
            raise BadLine(message) from error
        if not _EARLIEST_YEAR <= day.year < _LATEST_YEAR:
            message = f"time: {day} is no date of an order"
            raise BadLine(message)
        number = (day - date(1970, 1, 1)) // timedelta(days=1)
        clock_ms = ((int(match[4]) * 60 + int(match[5])) * 60 + int(match[6])) * 1000
        if match[7] or match[8]:
            ahead_ms = (int(match[9] or 0) * 60 + int(match[10] or 0)) * 60_000
            return number * DAY_MS + clock_ms - (-ahead_ms if match[8] == "-" else ahead_ms)
        return self._wall.instant(number, clock_ms)

    def restore(self, facts: Sequence[Fact], collected_ms: int) -> None:
        """See `Parser.restore`."""
        orders = (fact.order for fact in facts if isinstance(fact, Ordered))
        self._remembered.restore({order[:_KEY_BYTES]: order[_KEY_BYTES:] for order in orders}, collected_ms)

    def forget(self, now_ms: int) -> None:
        """See `Parser.forget`."""
        self._remembered.forget(now_ms)

    def dump_state(self) -> bytes:
        """See `Parser.dump_state`."""
        return self._remembered.dump()

    def load_state(self, state: bytes) -> None:
        """See `Parser.load_state`."""
        self._remembered.load(state)


def _refuse(fault: str) -> None:
    if fault:
        raise BadLine(fault)


def _digest(texts: Sequence[str], size: int) -> bytes:
    return hashlib.blake2b("\x1f".join(texts).encode("utf-8", "surrogateescape"), digest_size=size).digest()
