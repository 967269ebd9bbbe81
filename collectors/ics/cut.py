"""A calendar file becomes one line for each series of events: what has the same UID, with the time zones it needs.

A line is a JSON text that holds a whole small calendar, so that a dead one can be looked at and read again by itself.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Sequence

from collectors.contract import SourceTrouble
from collectors.lines import HEAD_BYTES, RawLine

_BEGIN, _END = b"BEGIN:VCALENDAR", b"END:VCALENDAR"
_SHARED = (b"X-WR-CALNAME", b"X-WR-TIMEZONE")


def cut_series(content: bytes, encoding: str = "utf-8") -> Sequence[RawLine]:
    """The series of a calendar in the order of their first events.

    `encoding` has ASCII in single bytes. Raises `SourceTrouble` for half a calendar, and for one in UTF-16.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = "the file is written in UTF-16: let the other program export it as UTF-8"
        raise SourceTrouble(message)
    lines = [line.removesuffix(b"\r") for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines or lines[0].strip().upper() != _BEGIN or lines[-1].strip().upper() != _END:
        message = (
            "the file does not begin with BEGIN:VCALENDAR and end with END:VCALENDAR: it is no calendar, or half one"
        )
        raise SourceTrouble(message)
    shared: list[bytes] = []
    series: dict[bytes, list[bytes]] = {}
    for name, part in _parts(lines[1:-1]):
        if name == b"VEVENT":
            series.setdefault(_uid(part) or b"\n".join(part), []).extend(part)
        elif name == b"VTIMEZONE" or part[0].upper().startswith(_SHARED):
            shared += part
    return [_line(number, [_BEGIN, *shared, *events, _END], encoding) for number, events in enumerate(series.values())]


def _parts(lines: Iterable[bytes]) -> list[tuple[bytes, list[bytes]]]:
    """Components by name, and properties of the calendar itself (name empty), each with all their lines."""
    found: list[tuple[bytes, list[bytes]]] = []
    inside = b""
    for line in lines:
        word = line.strip().upper()
        if inside:
            found[-1][1].append(line)
            if word == b"END:" + inside:
                inside = b""
        elif word.startswith(b"BEGIN:"):
            inside = word[6:]
            found.append((inside, [line]))
        elif found and line[:1] in (b" ", b"\t"):
            found[-1][1].append(line)
        elif word:
            found.append((b"", [line]))
    return found


def _uid(part: Sequence[bytes]) -> bytes:
    """The UID, folded lines joined; empty where there is none."""
    found = b""
    for line in part:
        if found and line[:1] in (b" ", b"\t"):
            found += line[1:]
        elif found:
            break
        elif line.upper().startswith((b"UID:", b"UID;")):
            found = line
    return found


def _line(number: int, lines: Sequence[bytes], encoding: str) -> RawLine:
    data = b"\r\n".join(lines) + b"\r\n"
    try:
        return RawLine(number, json.dumps(data.decode(encoding), ensure_ascii=False).encode(), number + 1)
    except UnicodeDecodeError as error:
        return RawLine(number, data[:HEAD_BYTES], number + 1, f"not {encoding}: byte {error.start} of the event")
