"""On which line of a TOML text each table, key and array element stands; `tomllib` itself forgets it."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from config.faults import Place

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?""""{0,2}' + r"|'''.*?''''{0,2}" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> dict[Place, int]:
    """The line (from 1) of every place in `text`.

    `text` must be TOML that `tomllib` accepts. A table stands where its name is first written, a value where its key
    is, an element of an array where it begins. Exactly the places of the parsed document are keys of the result.
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.lines: dict[Place, int] = {}
        self.newest: dict[Place, int] = {}

    def scan(self) -> dict[Place, int]:
        table: Place = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.assignment(table)
            self.skip(_BLANK)
        return self.lines

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            message = f"not TOML at character {self.at}: pass only text that tomllib accepts"
            raise ValueError(message)
        self.at = found.end()
        return found.group()

    def note(self, place: Place, at: int) -> None:
        self.lines.setdefault(place, bisect_right(self.starts, at))

    def header(self) -> Place:
        at = self.at
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        names = self.key()
        self.at += brackets
        place: Place = ()
        for name in names[:-1]:
            place = self.inside((*place, name), at)
        if brackets == 1:
            return self.inside((*place, names[-1]), at)
        place = (*place, names[-1])
        self.note(place, at)
        self.newest[place] = self.newest.get(place, -1) + 1
        return self.inside(place, at)

    def inside(self, place: Place, at: int) -> Place:
        """`place` itself, or its newest element where it is an array of tables."""
        self.note(place, at)
        if place in self.newest:
            place = (*place, self.newest[place])
            self.note(place, at)
        return place

    def key(self) -> list[str]:
        names: list[str] = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                names.append(tomllib.loads(f"key = {self.skip(_STRING)}")["key"])
            else:
                names.append(self.skip(_BARE_KEY))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def assignment(self, table: Place) -> None:
        at = self.at
        place = table
        for name in self.key():
            place = (*place, name)
            self.note(place, at)
        self.at += 1
        self.skip(_SPACE)
        self.value(place)

    def value(self, place: Place) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self.skip(_STRING)
        elif first == "[":
            self.array(place)
        elif first == "{":
            self.inline_table(place)
        else:
            self.skip(_SCALAR)

    def array(self, place: Place) -> None:
        index = 0
        self.at += 1
        self.skip(_BLANK)
        while self.text[self.at] != "]":
            self.note((*place, index), self.at)
            self.value((*place, index))
            index += 1
            self.separator()
        self.at += 1

    def inline_table(self, place: Place) -> None:
        self.at += 1
        self.skip(_BLANK)
        while self.text[self.at] != "}":
            self.assignment(place)
            self.separator()
        self.at += 1

    def separator(self) -> None:
        self.skip(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self.skip(_BLANK)
