"""Rows of a delimited file, described wholly by a column map, become facts (pure)."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from collectors.columns.facts import RowFacts
from collectors.columns.language import ColumnMap
from collectors.columns.read_map import read_map
from collectors.columns.rows import Binding, BoundCase, Readers, Row
from collectors.contract import DUPLICATE, BadLine, Parsed, SaysAllAtOnce, Verdict, Wiring, dead
from collectors.delimited import Splitter
from collectors.remembered import Remembered
from streams.records import Arrived, AtTheDoor, Fact, identify
from streams.records_outbound import Attempted

KEY_BYTES = 10
CONTENT_BYTES = 6


class ColumnsOptions:
    """The keys of a column-map feed."""

    def __init__(self, column_map: ColumnMap) -> None:
        self.map = column_map
        self.rotated = column_map.rotated

    def parser(self, wiring: Wiring) -> ColumnsParser:
        """See `ParserOptions.parser`."""
        return ColumnsParser(self.map, wiring)


def read_options(table: Mapping[str, object]) -> ColumnsOptions:
    """The checked keys. Raises `BadOptions`."""
    return ColumnsOptions(read_map(table))


class ColumnsParser(SaysAllAtOnce):
    """See `Parser`. A row's id is made of its key (10 bytes) and its content (6 bytes).

    So the facts in the log are enough to know again which rows were read, and whether a row of the same key says the
    same.
    """

    def __init__(self, column_map: ColumnMap, wiring: Wiring) -> None:
        self.header_lines = 1 if column_map.header else 0
        self.keyed = bool(column_map.key)
        self._map = column_map
        self._wiring = wiring
        self._splitter = Splitter(column_map.delimiter, column_map.quote, column_map.encoding, column_map.wrapped)
        self._readers = Readers(column_map.zone or wiring.zone)
        self._facts = RowFacts(column_map, wiring, self._readers)
        self._remembered = Remembered(column_map.keep_hours * 3_600_000, bytes)
        self._binding: Binding | None = None
        self._content: Callable[[Row], Iterable[str]] = tuple
        self._first_header = b""
        self._key_name = next(iter(column_map.key), "") if column_map.header else None
        self._source = ""
        self._note = b""
        self._drift = "columns changed: no header read yet"
        if not column_map.header:
            self._bind(column_map.columns)

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:
        """See `Parser.begin`."""
        self._source = source
        if self._map.header:
            self._first_header = first_line
            self._note = note
            self._bind_header(note or first_line)

    def note(self) -> bytes:
        """See `Parser.note`: the header in force, where it is not the first line."""
        return self._note

    def _bind_header(self, line: bytes) -> bool:
        self._binding = None
        try:
            self._bind(self._splitter.split(line.removeprefix(codecs.BOM_UTF8).removesuffix(b"\r")))
        except BadLine as error:
            self._drift = str(error)
            if self._splitter.is_wrapped(line):
                self._drift += "; each line is wrapped once more in quotes: write wrapped = true to read it"
        return self._binding is not None

    def _bind(self, names: Sequence[str]) -> None:
        self._binding = Binding(self._map, self._readers, names)
        order = sorted(range(len(names)), key=lambda index: names[index])
        self._content = itemgetter(*order) if len(order) > 1 else tuple

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """See `Parser.parse`."""
        line = line.removesuffix(b"\r")
        if position == 0:
            if self._map.header and self._binding is not None and not self._note:
                return Parsed(Verdict.HEADER)
            line = line.removeprefix(codecs.BOM_UTF8)
        if not line.strip():
            return Parsed(Verdict.SKIPPED, reason="empty")
        try:
            row = self._splitter.split(line)
            if self._is_header(row):
                return self._another_header(line)
            if self._binding is None:
                return dead(self._drift, trouble=self._drift)
            return self._read(self._binding, row, position, now_ms, known)
        except BadLine as error:
            return dead(str(error), trouble="" if self._binding is not None else self._drift)

    def _is_header(self, row: Row) -> bool:
        return self._map.header and (self._key_name or row[0]) in row and self._map.used_columns() <= set(row)

    def _another_header(self, line: bytes) -> Parsed:
        first = self._first_header.removeprefix(codecs.BOM_UTF8).removesuffix(b"\r")
        if self._bind_header(line):
            self._note = b"" if line == first else line
            return Parsed(Verdict.SKIPPED, reason="header")
        return dead(self._drift, trouble=self._drift)

    def _read(self, binding: Binding, row: Row, position: int, now_ms: int, known: bool) -> Parsed:
        if len(row) != binding.width:
            message = f"{len(row)} columns, {binding.width} expected"
            raise BadLine(message)
        rule = binding.rule(row)
        if rule is None:
            message = "no case of the column map fits this row"
            raise BadLine(message)
        if isinstance(rule, str):
            return Parsed(Verdict.SKIPPED, reason=rule)
        if not self.keyed:
            return self._read_placed(binding, rule, row, position, now_ms, known)
        key_cells = [row[index] for index in binding.key]
        if not all(key_cells):
            message = "a column of the key is empty"
            raise BadLine(message)
        key = _digest([self._wiring.feed, *key_cells], KEY_BYTES)
        content = _digest(self._content(row), CONTENT_BYTES)
        remembered = self._remembered.get(key)
        if remembered == content or known:
            return DUPLICATE
        facts = self._facts.of(binding, rule, row, key + content)
        newest_ms = max([fact.at_ms for fact in facts])
        if newest_ms > now_ms + self._wiring.skew_ms:
            message = "time: in the future"
            raise BadLine(message)
        if remembered is not None:
            message = "conflict: another row has the same key and says something else"
            raise BadLine(message)
        self._remembered.put(key, content, now_ms)
        return Parsed(Verdict.COUNTED, facts, event_ms=newest_ms, site=_site(facts))

    def _read_placed(
        self, binding: Binding, case: BoundCase, row: Row, position: int, now_ms: int, known: bool
    ) -> Parsed:
        """A row without a key: what was read before is known by its place."""
        if known:
            return DUPLICATE
        facts = self._facts.of(binding, case, row, identify(self._wiring.feed, self._source, position))
        if facts[0].at_ms > now_ms + self._wiring.skew_ms:
            message = "time: in the future"
            raise BadLine(message)
        return Parsed(Verdict.COUNTED, facts, event_ms=facts[0].at_ms, site=_site(facts))

    def restore(self, facts: Sequence[Fact], collected_ms: int) -> None:
        """See `Parser.restore`."""
        identities = [
            fact.attempt if isinstance(fact, Attempted) else fact.visit
            for fact in facts
            if isinstance(fact, Attempted | Arrived | AtTheDoor) and self.keyed
        ]
        said = {identity[:KEY_BYTES]: identity[KEY_BYTES:] for identity in identities if identity}
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


def _digest(cells: Iterable[str], size: int) -> bytes:
    return hashlib.blake2b("\x1f".join(cells).encode(), digest_size=size).digest()


def _site(facts: Sequence[Fact]) -> str:
    return next((fact.cell.site for fact in facts if isinstance(fact, Arrived | AtTheDoor | Attempted)), "")
