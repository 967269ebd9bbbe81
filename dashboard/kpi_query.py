"""The query of GET /api/kpis: the options of `leitstand kpis`, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from streams.counters import BASES, WINDOWS
from streams.days import INTERVALS, to_ms
from streams.query import DIMENSIONS

_ONCE = ("as_of", "from", "to", "interval", "zone", "basis")
_REPEATED = ("window", "by", "where")
_LATEST_MS = to_ms(datetime(2200, 1, 1, tzinfo=UTC))
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")


class WrongQuery(ValueError):
    """The query cannot be answered as it stands; the message says what to write instead."""


@dataclass(frozen=True)
class KpiQuery:
    """What was asked. Instants are UTC milliseconds on whole seconds; `interval` is empty when windows are asked for.

    The rows of an interval query lie in [from_ms, to_ms). `as_of_ms` None: now.
    """

    as_of_ms: int | None = None
    windows: tuple[str, ...] = WINDOWS
    basis: str = "live"
    by: tuple[str, ...] = ()
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    interval: str = ""
    from_ms: int = 0
    to_ms: int = 0
    zone: str = ""


def read_query(pairs: Iterable[tuple[str, str]]) -> KpiQuery:
    """The query of these names and values. Raises `WrongQuery`."""
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {name: [] for name in _REPEATED}
    for name, value in pairs:
        if name in several:
            several[name].append(value)
        elif name not in _ONCE:
            message = f"there is no parameter {name!r}: write one of {', '.join(sorted((*_ONCE, *_REPEATED)))}"
            raise WrongQuery(message)
        elif name in single:
            message = f"{name} stands there twice: write it once"
            raise WrongQuery(message)
        else:
            single[name] = value
    by = tuple(dict.fromkeys(_one_of("by", name, DIMENSIONS) for text in several["by"] for name in text.split(",")))
    where = _where(several["where"])
    as_of_ms = _instant("as_of", single["as_of"]) if "as_of" in single else None
    if {"from", "to", "interval", "zone"} & single.keys():
        if several["window"]:
            message = "window and from/to exclude each other: leave one out"
            raise WrongQuery(message)
        return _interval_query(single, as_of_ms, by, where)
    windows = tuple(dict.fromkeys(_one_of("window", name, WINDOWS) for name in several["window"])) or WINDOWS
    basis = _one_of("basis", single.get("basis", "live"), BASES)
    return KpiQuery(as_of_ms, windows, basis, by, where)


def _interval_query(
    single: Mapping[str, str], as_of_ms: int | None, by: tuple[str, ...], where: Mapping[str, frozenset[str]]
) -> KpiQuery:
    missing = [name for name in ("from", "to", "interval") if name not in single]
    if missing:
        message = f"rows of intervals need from, to and interval; missing: {', '.join(missing)}"
        raise WrongQuery(message)
    interval = _one_of("interval", single["interval"], INTERVALS)
    basis = _one_of("basis", single.get("basis", "arrival"), BASES)
    if basis != "arrival":
        message = "rows of intervals count by arrival only: write basis=arrival or leave it out"
        raise WrongQuery(message)
    from_ms, to_ms = _instant("from", single["from"]), _instant("to", single["to"])
    if from_ms >= to_ms:
        message = f"from {single['from']} is not before to {single['to']}"
        raise WrongQuery(message)
    zone = single.get("zone", "")
    if "zone" in single:
        _check_zone(zone)
    return KpiQuery(as_of_ms, (), basis, by, where, interval, from_ms, to_ms, zone)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"zone {name!r} is no time zone: write an IANA name such as Europe/Berlin"
        raise WrongQuery(message) from None


def _where(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    where: dict[str, frozenset[str]] = {}
    for text in texts:
        dimension, colon, value = text.partition(":")
        if not colon:
            message = f"where={text!r} names no value: write where=DIM:VALUE"
            raise WrongQuery(message)
        _one_of("where", dimension, DIMENSIONS)
        where[dimension] = where.get(dimension, frozenset()) | {value}
    return where


def _one_of(name: str, value: str, choices: Iterable[str]) -> str:
    if value not in choices:
        message = f"{name} {value!r} is none of {', '.join(choices)}"
        raise WrongQuery(message)
    return value


def _instant(name: str, text: str) -> int:
    # A plus sign in a query stands for a space; an offset written without %2B is meant all the same.
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text))
        if moment.tzinfo is None:
            raise ValueError
        at_ms = to_ms(moment) // 1000 * 1000
        if not 0 <= at_ms < _LATEST_MS:
            raise ValueError
    except (ValueError, OverflowError):
        message = f"{name} {text!r} is no instant: write ISO 8601 with Z or offset, such as 2026-05-04T10:30:00Z"
        raise WrongQuery(message) from None
    return at_ms
