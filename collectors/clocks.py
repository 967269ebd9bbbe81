"""Texts of dates and times become instants, strictly (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from collectors.contract import BadLine

EARLIEST_YEAR, LATEST_YEAR = 1990, 2200
_MOST_REMEMBERED = 100_000
_EPOCH = date(1970, 1, 1)

_DIRECTIVES = {
    "%Y": r"(?P<Y>[0-9]{4})",
    "%y": r"(?P<y>[0-9]{2})",
    "%m": r"(?P<m>[0-9]{1,2})",
    "%d": r"(?P<d>[0-9]{1,2})",
    "%H": r"(?P<H>[0-9]{1,2})",
    "%I": r"(?P<I>[0-9]{1,2})",
    "%p": r"(?P<p>[AaPp][Mm])",
    "%M": r"(?P<M>[0-9]{2})",
    "%S": r"(?P<S>[0-9]{2})",
    "%f": r"(?P<f>[0-9]{1,9})",
    "%z": r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})",
    "%%": "%",
}
_EPOCHS = {
    "epoch": (re.compile(r"([0-9]{9,10})(?:\.([0-9]{1,9}))?"), 1000),
    "epoch_ms": (re.compile(r"([0-9]{12,13})()"), 1),
}


class Reading(NamedTuple):
    """What one text says: days since 1970, ms since midnight, offset from UTC in ms; None where it does not."""

    day: int | None
    clock_ms: int | None
    offset_ms: int | None
    instant_ms: int | None = None


def format_fault(text: str) -> str:
    """Why this is no format of dates and times; empty when it is one."""
    if text in _EPOCHS:
        return ""
    named = re.findall(r"%.?", text)
    unknown = [each for each in named if each not in _DIRECTIVES]
    if unknown:
        return f"{unknown[0]!r} is none of {' '.join(_DIRECTIVES)}"
    if len(set(named) - {"%%"}) != len([each for each in named if each != "%%"]):
        return "names a part twice"
    parts = set(named)
    has_day = bool(parts & {"%Y", "%y"}) and {"%m", "%d"} <= parts
    if not has_day and parts & {"%Y", "%y", "%m", "%d"}:
        return "has a part of a date only"
    has_clock = "%H" in parts or {"%I", "%p"} <= parts
    if not has_day and not has_clock:
        return "has neither a date (%Y or %y, %m, %d) nor a clock (%H, or %I and %p)"
    return ""


def states_day(text: str) -> bool:
    """True when the format says which day."""
    return text in _EPOCHS or "%d" in text


class Readings(dict[str, Reading]):
    """What texts of one format say: read once, then looked up. `readings[text]` raises `BadLine` for no such text."""

    def __init__(self, format_: str) -> None:
        super().__init__()
        self._read = _epoch_reader(format_) if format_ in _EPOCHS else _clock_reader(format_)

    def __missing__(self, cell: str) -> Reading:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        found = self[cell] = self._read(cell)
        return found


def _epoch_reader(text: str) -> Callable[[str], Reading]:
    pattern, unit_ms = _EPOCHS[text]

    def read(cell: str) -> Reading:
        match = pattern.fullmatch(cell)
        if match is None:
            message = f"{cell[:40]!r} is no {text}"
            raise BadLine(message)
        fraction = int(((match[2] or "") + "000")[:3]) if unit_ms == 1000 else 0
        return Reading(None, None, None, int(match[1]) * unit_ms + fraction)

    return read


def _clock_reader(text: str) -> Callable[[str], Reading]:
    pieces = re.split(r"(%.)", text)
    pattern = re.compile("".join(_DIRECTIVES.get(piece) or re.escape(piece) for piece in pieces))

    mere_clock = tuple(pattern.groupindex) == ("H", "M", "S")

    def read(cell: str) -> Reading:
        match = pattern.fullmatch(cell)
        if match is None:
            message = f"{cell[:40]!r} does not look like {text}"
            raise BadLine(message)
        if mere_clock:
            # Nearly every cell of a call list is one, and a day has 86,400 of them.
            hour, minute, second = map(int, match.groups())
            if hour < 24 and minute < 60 and second < 60:
                return Reading(None, ((hour * 60 + minute) * 60 + second) * 1000, None)
        parts = match.groupdict()
        try:
            return Reading(_day(parts), _clock(parts), _offset(parts.get("z")))
        except ValueError as error:
            message = f"{cell[:40]!r}: {error}"
            raise BadLine(message) from error

    return read


def _day(parts: dict[str, str]) -> int | None:
    if "d" not in parts:
        return None
    year = int(parts["Y"]) if "Y" in parts else int(parts["y"]) + (1900 if int(parts["y"]) >= 69 else 2000)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        message = f"year {year} is not from {EARLIEST_YEAR} to {LATEST_YEAR}"
        raise ValueError(message)
    return (date(year, int(parts["m"]), int(parts["d"])) - _EPOCH).days


def _clock(parts: dict[str, str]) -> int | None:
    if "H" not in parts and "I" not in parts:
        return None
    hour, minute, second = int(parts.get("H") or 0), int(parts.get("M") or 0), int(parts.get("S") or 0)
    if "I" in parts:
        twelve = int(parts["I"])
        if not 1 <= twelve <= 12:
            message = "no hour from 1 to 12"
            raise ValueError(message)
        hour = twelve % 12 + (12 if parts["p"].lower() == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        message = "no clock shows this"
        raise ValueError(message)
    fraction = int(((parts.get("f") or "") + "000")[:3])
    return ((hour * 60 + minute) * 60 + second) * 1000 + fraction


def _offset(text: str | None) -> int | None:
    if text is None or text == "Z":
        return None if text is None else 0
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return minutes * (-60_000 if text[0] == "-" else 60_000)
