"""Tables for people at a terminal: no frames, nothing cut off when the output goes into a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import msgspec
from rich.console import Console
from rich.table import Table

_FILE_WIDTH = 200


def show(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1, title: str = "") -> None:
    """Prints rows below headings; the first `left` columns and any non-number stand on the left."""
    table = Table(box=None, pad_edge=False, title=title or None, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < left else "right", no_wrap=number >= left)
    for row in rows:
        table.add_row(*row)
    console().print(table)


def console() -> Console:
    """Standard output; a file is as wide as the widest table."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=_FILE_WIDTH)


def write_json(document: object) -> None:
    """Writes one JSON document to standard output."""
    sys.stdout.buffer.write(msgspec.json.encode(document) + b"\n")
