"""The kinds of values that settings have: what each accepts, and what it says to a value that it refuses.

Strict on purpose: "20" is not 20 and true is not 1, because a value that was silently turned into another one shows
up much later as a wrong number on a screen.
"""

from __future__ import annotations

import datetime
import ipaddress
import math
import re
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from config.faults import Refusal, quoted
from config.shown import Secret, shown


@dataclass(frozen=True)
class Kind:
    """`words` describes the accepted values in the reference.

    `read(raw, base)` gives the value for what TOML holds, relative paths being relative to `base`; it raises
    `Refusal`. `from_text` turns the text of an environment variable into what TOML would hold.
    """

    words: str
    read: Callable[[object, Path], object]
    from_text: Callable[[str], object] = str


def _bounds(least: float, most: float) -> str:
    low, high = (int(bound) if math.isfinite(bound) and bound == int(bound) else bound for bound in (least, most))
    return f"{low} or more" if math.isinf(most) else f"{low} to {high}"


def number(least: float, most: float = math.inf, *, whole: bool = False) -> Kind:
    """A number in [least, most]; `whole` refuses fractions. Infinity and nan are never accepted."""
    name = "a whole number" if whole else "a number"
    words = f"{name}, {_bounds(least, most)}"

    def read(raw: object, _base: Path) -> object:
        if isinstance(raw, str) and isinstance(_number_in(raw), (int, float)):
            raise Refusal(what=f"{shown(raw)} is not {name}", instead=f"write {raw.strip()} without quotes")
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            raise Refusal(what=f"{shown(raw)} is not {name}", instead=f"write {words}")
        if isinstance(raw, float) and (not math.isfinite(raw) or (whole and not raw.is_integer())):
            raise Refusal(what=f"{raw} is not {name}", instead=f"write {words}")
        if not least <= raw <= most:
            percent = f"; {raw} % is {raw / 100:g}" if most == 1 and 1 < raw <= 100 else ""
            raise Refusal(what=f"{shown(raw)} is out of range", instead=f"write {words}{percent}")
        if whole and isinstance(raw, float):
            raise Refusal(what=f"{raw} is not {name}", instead=f"write {int(raw)}")
        return raw

    return Kind(words, read, _number_in)


def _number_in(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text.strip())
        except ValueError:
            continue
    return text


def truth() -> Kind:
    """true or false."""

    def read(raw: object, _base: Path) -> object:
        if not isinstance(raw, bool):
            raise Refusal(what=f"{shown(raw)} is neither true nor false", instead="write true or false, without quotes")
        return raw

    return Kind("true or false", read, lambda text: {"true": True, "false": False}.get(text.strip(), text))


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise Refusal(what=f"{shown(raw)} is not a text", instead='write a text in quotes: "…"')
    return raw


def name(*, empty: bool = False) -> Kind:
    """A name of at most 200 printable characters without space around it; empty only where `empty` says so."""

    def read(raw: object, _base: Path) -> object:
        text = _text(raw)
        if not text and not empty:
            raise Refusal(what="the name is empty", instead="write a name of at least one character")
        if text != text.strip():
            raise Refusal(what=f"{quoted(text)} has space around it", instead=f"write {quoted(text.strip())}")
        if not text.isprintable():
            raise Refusal(what=f"{quoted(text)} holds a control character", instead="write printable characters only")
        if len(text) > 200:
            raise Refusal(what=f"the name has {len(text)} characters", instead="write at most 200")
        return text

    return Kind("a name, or empty" if empty else "a name", read)


def choice(*values: str) -> Kind:
    """One of a few words."""
    words = "one of " + ", ".join(quoted(value) for value in values)

    def read(raw: object, _base: Path) -> object:
        if raw not in values:
            raise Refusal(what=f"{shown(raw)} is not known here", instead=f"write {words}{meant(raw, values)}")
        return raw

    return Kind(words, read)


def meant(raw: object, known: Sequence[str], likeness: float = 0.6) -> str:
    """A hint at the known word that looks like `raw`, or nothing."""
    close = get_close_matches(raw, known, n=1, cutoff=likeness) if isinstance(raw, str) else []
    return f' (did you mean "{close[0]}"?)' if close else ""


def several(*values: str) -> Kind:
    """A list of different words out of a few; the result is a tuple in the order of `values`."""
    words = "a list out of " + ", ".join(quoted(value) for value in values)

    def read(raw: object, _base: Path) -> object:
        if not isinstance(raw, list):
            raise Refusal(what=f"{shown(raw)} is not a list", instead=f"write {words}, in square brackets")
        for one in raw:
            if one not in values:
                raise Refusal(what=f"{shown(one)} is not known here", instead=f"write {words}{meant(one, values)}")
        if len(set(raw)) != len(raw):
            raise Refusal(what="the list names something twice", instead="name it once")
        return tuple(value for value in values if value in raw)

    return Kind(words, read)


def clock() -> Kind:
    """A local time of day "HH:MM"; the result is the minutes since midnight."""
    words = 'a local time "HH:MM", 00:00 to 23:59'

    def read(raw: object, _base: Path) -> object:
        if isinstance(raw, datetime.time):
            raise Refusal(what=f"{shown(raw)} is not a text", instead=f'write "{raw:%H:%M}" in quotes')
        found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", _text(raw))
        if found is None:
            raise Refusal(what=f"{shown(raw)} is not a time of day", instead=f"write {words}")
        return int(found[1]) * 60 + int(found[2])

    return Kind(words, read)


def zone() -> Kind:
    """The IANA name of a time zone that this machine knows."""

    def read(raw: object, _base: Path) -> object:
        text = _text(raw)
        try:
            # "right/…" counts leap seconds and "localtime" differs from machine to machine.
            if not text or text.startswith(("right/", "posix/")) or text == "localtime":
                raise ValueError
            zoneinfo.ZoneInfo(text)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            hint = meant(text, sorted(zoneinfo.available_timezones()), 0.75)
            instead = f'write an IANA name such as "Europe/Berlin"{hint}'
            raise Refusal(what=f"{quoted(text)} is not a known time zone", instead=instead) from None
        return text

    return Kind('an IANA time zone, "Europe/Berlin"', read)


def path(*, empty: bool = True) -> Kind:
    """A path, relative to the settings file; an empty one gives None, where it is allowed."""

    def read(raw: object, base: Path) -> object:
        text = _text(raw)
        if not text and not empty:
            raise Refusal(what="the path is empty", instead="write a path, or leave the key out")
        if "\0" in text:
            raise Refusal(what="the path holds a NUL character", instead="write a path without it")
        return base / text if text else None

    return Kind("a path, relative to this file" + (", or empty" if empty else ""), read)


def place() -> Kind:
    """A path, relative to the settings file, or a URI; an empty one gives None. A URI never appears in a message."""

    def read(raw: object, base: Path) -> object:
        text = _text(raw)
        if "://" not in text:
            return path().read(raw, base)
        if not text.isprintable() or " " in text or not re.match("[a-z][a-z0-9+.-]*://", text):
            raise Refusal(what="this is not a URI", instead="write it as s3://bucket/folder, or write a path")
        return Secret(text)

    return Kind("a path, relative to this file, or a URI (s3://bucket/folder), or empty", read)


def address(*schemes: str, origin: bool = False, secret: bool = False) -> Kind:
    """A URL with one of `schemes`, or empty; an `origin` has nothing behind its host and port.

    The value never appears in a message, because it may hold a password. A `secret` one is a `Secret`.
    """
    words = f"a URL with {' or '.join(f'{scheme}://' for scheme in schemes)}, or empty"

    def read(raw: object, _base: Path) -> object:
        text = _text(raw)
        try:
            parts = urlsplit(text)
            _ = parts.port
        except ValueError:
            raise Refusal(what="this is not a URL", instead=f"write {words}") from None
        place = parts.path if parts.scheme == "unix" else parts.hostname
        if text and (parts.scheme not in schemes or not place or not text.isprintable() or " " in text):
            raise Refusal(what="this is not such a URL", instead=f"write {words}")
        if origin and (parts.path or parts.query or parts.fragment or parts.username is not None):
            raise Refusal(
                what="this URL says more than scheme, host and port", instead="write it as https://leitstand.example"
            )
        return Secret(text) if secret else text

    return Kind(words, read)


def brokers() -> Kind:
    """`host:port`, several joined by commas; or empty."""
    words = 'host:port, several joined by commas: "kafka-1:9092,kafka-2:9092"; or empty'

    def read(raw: object, _base: Path) -> object:
        text = _text(raw)
        for broker in text.split(",") if text else ():
            host, _, port = broker.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65_536 or not host.isprintable() or " " in host:
                raise Refusal(what=f"{quoted(broker)} is no broker", instead=f"write {words}")
        return text

    return Kind(words, read)


def patterns() -> Kind:
    """A list of names in which one * stands for anything; the result is a tuple of texts."""
    words = 'a list of names, each with at most one *, ["PJSIP/10*"]'

    def read(raw: object, _base: Path) -> object:
        if not isinstance(raw, list) or not raw:
            raise Refusal(what=f"{shown(raw)} is not a list of names", instead=f"write {words}")
        for one in raw:
            if not _text(one) or _text(one).count("*") > 1:
                raise Refusal(what=f"{shown(one)} is no such name", instead=f"write {words}")
        return tuple(raw)

    return Kind(words, read)


def networks() -> Kind:
    """A list of IP addresses and networks; the result is a tuple of texts."""
    words = 'a list of addresses and networks, ["10.0.0.0/8"]'

    def read(raw: object, _base: Path) -> object:
        if not isinstance(raw, list):
            raise Refusal(what=f"{shown(raw)} is not a list", instead=f"write {words}")
        for one in raw:
            try:
                ipaddress.ip_network(_text(one))
            except ValueError as error:
                if isinstance(error, Refusal):
                    raise
                raise Refusal(what=f"{shown(one)} is not an address: {error}", instead=f"write {words}") from None
        return tuple(raw)

    return Kind(words, read, lambda text: [part.strip() for part in text.split(",")])
