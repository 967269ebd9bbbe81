"""Lines of a delimited file become fields (pure)."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Mapping

from collectors.contract import BadLine, Parsed, Verdict, dead
from collectors.options import Options

ENCODINGS = ("utf-8", "latin-1", "cp1252")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Splitter:
    """Splits lines at one sign. `quote` empty: nothing is quoted. `wrapped`: every line is one quoted field that holds
    the row.
    """

    def __init__(self, delimiter: str, quote: str, encoding: str, wrapped: bool = False) -> None:
        self._delimiter = delimiter
        self._quote = quote
        self._encoding = encoding
        self._wrapped = wrapped

    def split(self, line: bytes) -> list[str]:
        """The fields of a line. Raises `BadLine`."""
        try:
            text = line.decode(self._encoding)
        except UnicodeDecodeError as error:
            message = f"not {self._encoding}: byte {error.start}"
            raise BadLine(message) from error
        if _CONTROL.search(text):
            message = "holds control characters"
            raise BadLine(message)
        if self._wrapped:
            text = self._unwrapped(text)
        if not self._quote or self._quote not in text:
            return text.split(self._delimiter)
        return self._quoted(text)

    def is_wrapped(self, line: bytes) -> bool:
        """True when this line is one quoted field that holds a row, and nobody said so."""
        if self._wrapped or not self._quote or not line.startswith(self._quote.encode()):
            return False
        try:
            fields = self._quoted(line.decode(self._encoding, "replace").rstrip("\r"))
        except BadLine:
            return False
        return len(fields) == 1 and self._delimiter in fields[0]

    def _unwrapped(self, text: str) -> str:
        if self._quote not in text:
            message = "the line is not wrapped in quotes, and the map says that every line is"
            raise BadLine(message)
        fields = self._quoted(text)
        if len(fields) != 1:
            message = f"the line is not one quoted field but {len(fields)}, and the map says wrapped"
            raise BadLine(message)
        return fields[0]

    def _quoted(self, text: str) -> list[str]:
        try:
            rows = list(csv.reader([text], delimiter=self._delimiter, quotechar=self._quote, strict=True))
        except csv.Error as error:
            message = f"quotes: {error}"
            raise BadLine(message) from error
        return rows[0]


def read_splitter(options: Options) -> Splitter:
    """The splitter that `delimiter`, `quote` and `encoding` describe; faults are noted in the options."""
    delimiter, quote = options.text("delimiter", ","), options.text("quote", '"')
    if len(delimiter) != 1:
        options.fault("delimiter", f"is {delimiter!r}", 'write one sign, for example "," or "\\t"')
    if len(quote) > 1:
        options.fault("quote", f"is {quote!r}", 'write one sign, or "" where nothing is quoted')
    return Splitter(delimiter[:1], quote[:1], options.text("encoding", "utf-8", ENCODINGS))


class HeadedRows:
    """Rows by the names of their columns. The header may be repeated or change; it must name every column of `used`."""

    def __init__(self, splitter: Splitter, used: Collection[str]) -> None:
        self._splitter = splitter
        self._used = frozenset(used) - {""}
        self._names: list[str] | None = None
        self._drift = "columns changed: no header read yet"
        self._first_header = b""
        self.note = b""
        """The header in force, where it is not the first line."""

    def begin(self, first_line: bytes, note: bytes) -> None:
        """The rows that follow are of a source with this first line, and with this note of it."""
        self._first_header, self.note = first_line, note
        self._bind(note or first_line)

    def read(self, line: bytes, position: int) -> Mapping[str, str] | Parsed:
        """The row at this position by column, or what became of a line that is none. Raises `BadLine`."""
        line = line.removesuffix(b"\r")
        if position == 0:
            if self._names is not None and not self.note:
                return Parsed(Verdict.HEADER)
            line = line.removeprefix(codecs.BOM_UTF8)
        if not line.strip():
            return Parsed(Verdict.SKIPPED, reason="empty")
        try:
            fields = self._splitter.split(line)
        except BadLine as error:
            return dead(str(error), trouble="" if self._names is not None else self._drift)
        if self._used <= set(fields):
            first = self._first_header.removeprefix(codecs.BOM_UTF8).removesuffix(b"\r")
            if self._bind(line):
                self.note = b"" if line == first else line
                return Parsed(Verdict.SKIPPED, reason="header")
        if self._names is None:
            return dead(self._drift, trouble=self._drift)
        if len(fields) != len(self._names):
            message = f"{len(fields)} columns, {len(self._names)} expected"
            raise BadLine(message)
        return dict(zip(self._names, fields, strict=True))

    def _bind(self, line: bytes) -> bool:
        self._names = None
        try:
            names = self._splitter.split(line.removeprefix(codecs.BOM_UTF8).removesuffix(b"\r"))
        except BadLine as error:
            self._drift = str(error)
            return False
        missing = sorted(self._used - set(names))
        twice = sorted({name for name in self._used if names.count(name) > 1})
        if missing or twice:
            self._drift = f"columns changed: {', '.join(missing or twice)} {'missing' if missing else 'twice'}"
            return False
        self._names = names
        return True
