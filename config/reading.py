"""Reading one TOML text into sections: strict, to the end, every fault with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from config.faults import Fault, Place, Refusal, SettingsError, dotted
from config.sections import REQUIRED, keys_of
from config.shown import shown
from config.toml_lines import lines_of

Section = TypeVar("Section")

_ADVICE = {
    "Invalid value": "write texts in quotes, lists in [ ], numbers like 0.8, and true or false in small letters",
    "Expected '=' after a key": "write key = value, and names with spaces or points in quotes",
    "Expected newline or end of document": "write one key on each line, and texts in quotes",
    "Cannot overwrite a value": "this key was set above: keep one of the two",
    "Cannot declare": "this table was begun above: join the two",
    "Unescaped '\\' in a string": "write paths with backslashes in single quotes: 'C:\\logs'",
    "Illegal character": "close the quotes on the same line",
}


class Source:
    """The text of one settings file: its tables, its lines, and the faults found so far.

    `homes` names for each key the table where it belongs, for whoever wrote it in another one.
    """

    def __init__(self, path: Path | None, homes: Mapping[str, str]) -> None:
        self.homes = homes
        self.file = "built-in defaults" if path is None else str(path)
        self.base = Path() if path is None else path.parent
        self.faults: list[Fault] = []
        self.tables: dict[str, Any] = {}
        self.lines: dict[Place, int] = {}
        if path is not None:
            self._parse(self._text(path))

    def _text(self, path: Path) -> str:
        try:
            raw = path.read_bytes()
        except OSError as error:
            what = f"the settings cannot be read: {error.strerror or error}"
            raise self._end(None, what, "name a readable TOML file") from None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise self._end(line, "this is not UTF-8", "save the file with the encoding UTF-8") from None

    def _parse(self, text: str) -> None:
        try:
            self.tables = tomllib.loads(text)
            self.lines = lines_of(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
            line = int(found[1]) if found else text.rstrip("\n").count("\n") + 1
            message = str(error)[: found.start()] if found else str(error).replace(" (at end of document)", "")
            place = f" (column {found[2]})" if found else " at the end of the file"
            advice = next((text for start, text in _ADVICE.items() if message.startswith(start)), None)
            raise self._end(line, f"this is not TOML: {message}{place}", advice or "see https://toml.io") from None
        except RecursionError:
            raise self._end(None, "lists or tables are nested too deeply", "write them flatter") from None

    def _end(self, line: int | None, what: str, instead: str) -> SettingsError:
        return SettingsError([Fault(self.file, line, "", what, instead)])

    def fault(self, place: Place, what: str, instead: str) -> None:
        """Notes a fault at `place`, or on the line of the nearest table around it."""
        lines = (self.lines.get(place[:length]) for length in range(len(place), 0, -1))
        line = next((line for line in lines if line is not None), None)
        self.faults.append(Fault(self.file, line, dotted(place), what, instead))

    def faulty(self, *place: str | int) -> bool:
        """True when a fault was noted at exactly this place."""
        return any(fault.key == dotted(place) for fault in self.faults)

    def below(self, place: Place) -> dict[Place, int]:
        """The lines of `place` and of everything in it."""
        return {each: line for each, line in self.lines.items() if each[: len(place)] == place}

    def table(self, place: Place, raw: object, heading: str) -> dict[str, Any] | None:
        """`raw` if it is a table, else a fault; `heading` is how one begins it."""
        if isinstance(raw, dict):
            return raw
        self.fault(place, f"{shown(raw)} stands where a table belongs", f"begin it with {heading}")
        return None

    def rows(self, name: str) -> list[tuple[Place, dict[str, Any]]]:
        """The tables of the list `name` with their places; a fault for anything else."""
        raw = self.tables.get(name, [])
        if not isinstance(raw, list):
            what = f"{shown(raw)} stands where a list of tables belongs"
            self.fault((name,), what, f"begin each with [[{name}]]")
            return []
        rows = (((name, index), self.table((name, index), row, f"[[{name}]]")) for index, row in enumerate(raw))
        return [(place, row) for place, row in rows if row is not None]

    def named(self, name: str) -> list[tuple[str, Place, dict[str, Any]]]:
        """The tables below table `name`: each one's own name, place and content; a fault for anything else."""
        heading = f'[{name}."NAME"]'
        outer = self.table((name,), self.tables.get(name, {}), heading) or {}
        tables = ((own, (name, own), self.table((name, own), raw, heading)) for own, raw in outer.items())
        return [(own, place, table) for own, place, table in tables if table is not None]

    def section(
        self,
        kind: type[Section],
        place: Place,
        table: Mapping[str, Any],
        *,
        inherited: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
        given: Mapping[str, object] | None = None,
    ) -> Section | None:
        """The section that `table` describes; None when a required key is missing or refused.

        A refused value is a fault and the default stands in for it. `inherited` replaces defaults, `environment`
        overrides the file where it is not empty, `given` are fields that are no keys. Unknown keys are the caller's.
        """
        values: dict[str, object] = dict(inherited or {})
        complete = True
        for name, key in keys_of(kind).items():
            if name in table:
                try:
                    values[name] = key.kind.read(table[name], self.base)
                except Refusal as refusal:
                    self.fault((*place, name), refusal.what, refusal.instead)
                    complete = complete and key.default is not REQUIRED
            elif key.default is REQUIRED:
                close = get_close_matches(name, [other for other in table if other not in keys_of(kind)], n=1)
                hint = f" (it may be what {close[0]} was meant to be)" if close else ""
                self.fault((*place, name), "this key is missing", f"add {name} = {key.kind.words}{hint}")
                complete = False
            text = (environment or {}).get(key.environment, "") if key.environment else ""
            if text:
                try:
                    values[name] = key.kind.read(key.kind.from_text(text), Path())
                except Refusal as refusal:
                    fault = Fault("environment", None, key.environment, refusal.what, refusal.instead)
                    self.faults.append(fault)
        return kind(**values, **(given or {})) if complete else None

    def unknown(self, place: Place, table: Mapping[str, object], known: Collection[str]) -> None:
        """A fault for each key of `table` that is not known, with the one that was probably meant."""
        for name, raw in table.items():
            if name in known:
                continue
            close = get_close_matches(name, known, n=1)
            if name in self.homes and not isinstance(raw, dict):
                instead = f"it belongs in {self.homes[name]}"
            elif close:
                instead = f"did you mean {close[0]}?"
            elif isinstance(raw, dict) and len(place) == 2 and isinstance(place[1], str):
                instead = f'put a name that holds a point in quotes: [{place[0]}."{place[1]}.{name}"]'
            else:
                instead = f"known here: {', '.join(known)}"
            self.fault((*place, name), "this key is not known", instead)
