"""How every bench reports: one table, and PASS or short beside each number that was promised."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


class Report:
    """One table. `judge` and `row` add lines; `show` prints it and gives the exit status (0 = nothing fell short)."""

    def __init__(self, title: str, *columns: str) -> None:
        self._table = Table(title=title, title_justify="left")
        for number, column in enumerate((*columns, "verdict")):
            self._table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
        self.short: list[str] = []
        self._notes: list[str] = []
        self._load = os.getloadavg()[0]

    def row(self, name: str, *values: str) -> None:
        """A line without a promise."""
        self._table.add_row(name, *values, "")

    def judge(self, name: str, *values: str, holds: bool) -> None:
        """A line with one."""
        if not holds:
            self.short.append(name)
        self._table.add_row(name, *values, "[green]PASS[/]" if holds else "[red]short[/]")

    def note(self, text: str) -> None:
        """A line of text under the table."""
        self._notes.append(text)

    def show(self) -> int:
        """Prints it; the result is 1 when a promise was not kept."""
        console = Console(width=None if Console().is_terminal else 132, highlight=False)
        console.print(self._table)
        busy = f"Load average of the machine {self._load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
        for note in [*self._notes, f"{busy}, {os.cpu_count()} cores."]:
            console.print(note, markup=False)
        return 1 if self.short else 0


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
