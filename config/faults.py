"""What is wrong with the settings: every fault at once, each with its place and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Place = tuple[str | int, ...]
"""Where a value stands: table names, keys and indexes (from 0) from the top of the file down."""


class Fault(NamedTuple):
    """One thing to correct. `line` counts from 1; None where no line can be named (the environment, a missing file).

    `key` is the dotted place of the value ("web.port", "queues[0].hotline"), empty where the whole file is meant.
    `what` says what is wrong, `instead` what to write.
    """

    file: str
    line: int | None
    key: str
    what: str
    instead: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {f'{self.key}: ' if self.key else ''}{self.what}; {self.instead}"


class SettingsError(Exception):
    """The settings cannot be used.

    `faults` holds all that were found, at least one, in the order of the file, those without a line last.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.line is None, fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Refusal(ValueError):
    """A value is not of its kind. Whoever knows the place turns it into a `Fault`."""

    def __init__(self, *, what: str, instead: str) -> None:
        super().__init__(f"{what}; {instead}")
        self.what = what
        self.instead = instead


def dotted(place: Place) -> str:
    """The place as one writes it in TOML, names in quotes where they need them, indexes in brackets."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = bool(part) and all(c.isascii() and (c.isalnum() or c in "_-") for c in part)
            text += f"{'.' if text else ''}{part if bare else quoted(part)}"
    return text


def quoted(text: str) -> str:
    """The text as a TOML string on one line, cut to 60 characters."""
    shown = text if len(text) <= 60 else text[:59] + "…"
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
