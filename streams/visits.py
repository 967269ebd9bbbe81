"""The table of visits: every known fact, one row per visit (or door event), as columns.

Merging facts is commutative and idempotent: any order, any repetition gives the same table. Counters are never
stored here; `moments` derives them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.codec import ARRIVED, DOOR, ENDED, GIVEN_UP, HANDLED, SEEN, decode_cell
from streams.columns import Columns
from streams.id_table import IdTable, halves
from streams.records import Cell

Ints = npt.NDArray[np.int64]
Slots = npt.NDArray[np.int64]

_AT_BITS = 48
_AT_MASK = (1 << _AT_BITS) - 1
NEVER = _AT_MASK
"""An instant that has not happened, far behind every clock (the year 10889)."""
_COMPARED_EACH = 8
"""Up to so many cells, one sweep for each is faster than one table for all."""
_UNKNOWN = (255 << _AT_BITS) | _AT_MASK

_COLUMNS: tuple[tuple[str, type, int], ...] = (
    ("cell", np.int32, -1),
    ("door", np.int8, -1),
    ("arrived", np.int64, NEVER),
    ("end_key", np.int64, _UNKNOWN),
    ("outcome", np.int8, 0),
    ("given_up", np.int64, NEVER),
    ("talked", np.int64, NEVER),
    ("wrapped_key", np.int64, _UNKNOWN),
    ("talk_ms", np.int32, 0),
    ("hold_ms", np.int32, -1),
    ("acw_ms", np.int32, -1),
    ("flags", np.uint8, 0),
    ("open", np.bool_, False),
)


def _key(version: npt.NDArray[np.uint8], at_ms: Ints) -> Ints:
    """Orders facts of one kind: the smallest key stands, that is the highest version, then the earliest instant."""
    return ((255 - version.astype(np.int64)) << _AT_BITS) | at_ms


class CellTable:
    """Every cell ever seen, in the order of its first fact, with its thresholds as arrays."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self._number: dict[bytes, int] = {}
        self._number_of_cell: dict[Cell, int] = {}
        self._encoded: list[set[bytes]] = []
        self._named: dict[str, set[bytes]] = {}
        self._newly_named: set[bytes] = set()
        self._noted = 0
        # Always longer than `cells`: visits whose arrival is not known yet carry cell -1, the last, unused row.
        self.threshold_ms = np.zeros(1, np.int64)
        self.short_abandon_ms = np.zeros(1, np.int64)

    def register(self, encoded: list[bytes]) -> npt.NDArray[np.int32]:
        """The number of each cell, given in the log's encoding; new ones get the next."""
        numbers = list(map(self._number.get, encoded))
        if None in numbers:
            for place, key in enumerate(encoded):
                if numbers[place] is None:
                    # Entries of older programs write the same cell in other bytes.
                    cell = decode_cell(key)
                    number = self._number_of_cell.setdefault(cell, len(self.cells))
                    if number == len(self.cells):
                        self.cells.append(cell)
                        self._encoded.append(set())
                    numbers[place] = self._number[key] = number
                    self._encoded[number].add(key)
            self._note_thresholds()
        return np.array(numbers, np.int32)

    def note(self, feed: str, encoded: list[bytes]) -> None:
        """This feed named these cells, given in the log's encoding, whether they are registered yet or not."""
        named = self._named.setdefault(feed, set())
        if not named.issuperset(encoded):
            self._newly_named.update(set(encoded) - named)
            named.update(encoded)

    def take_newly_named(self) -> list[int]:
        """The numbers of the cells that another feed named since the last such call."""
        numbers = [self._number[key] for key in self._newly_named if key in self._number]
        self._newly_named.clear()
        return numbers

    def feeds(self, number: int) -> tuple[str, ...]:
        """The feeds that named the cell of this number, by name."""
        keys = self._encoded[number]
        return tuple(sorted(feed for feed, named in self._named.items() if not keys.isdisjoint(named)))

    def named(self) -> dict[str, list[int]]:
        """The numbers of the cells that each feed named, for `load_named`."""
        return {feed: sorted(self._number[key] for key in named) for feed, named in self._named.items()}

    def load_named(self, named: dict[str, list[int]]) -> None:
        """Takes over what `named` gave; the cells are registered in the same order."""
        self._named = {
            feed: {key for number in numbers for key in self._encoded[number]} for feed, numbers in named.items()
        }

    def _note_thresholds(self) -> None:
        new = self.cells[self._noted :]
        if len(self.cells) >= len(self.threshold_ms):
            room = np.zeros(len(self.cells) + 64, np.int64)
            self.threshold_ms = np.concatenate([self.threshold_ms[: self._noted], room])
            self.short_abandon_ms = np.concatenate([self.short_abandon_ms[: self._noted], room])
        self.threshold_ms[self._noted : len(self.cells)] = [cell.threshold_ms for cell in new]
        self.short_abandon_ms[self._noted : len(self.cells)] = [cell.short_abandon_ms for cell in new]
        self._noted = len(self.cells)


class VisitTable:
    """Columns of all visits and the way from an id to its row (slot)."""

    cell: npt.NDArray[np.int32]
    door: npt.NDArray[np.int8]
    arrived: Ints
    end_key: Ints
    outcome: npt.NDArray[np.int8]
    given_up: Ints
    talked: Ints
    wrapped_key: Ints
    talk_ms: npt.NDArray[np.int32]
    hold_ms: npt.NDArray[np.int32]
    acw_ms: npt.NDArray[np.int32]
    flags: npt.NDArray[np.uint8]
    open: npt.NDArray[np.bool_]

    def __init__(self, cells: CellTable) -> None:
        self.cells = cells
        self.size = 0
        self._ids = IdTable()
        for name, kind, _ in _COLUMNS:
            setattr(self, name, np.zeros(0, kind))

    def slots(self, columns: Columns) -> Slots:
        """The slot of each fact's visit; new ones are appended, still without any fact."""
        slots = self._ids.rows(columns.visit)
        self._grow(self._ids.size)
        return slots

    def _grow(self, size: int) -> None:
        capacity = len(self.cell)
        if size > capacity:
            room = max(1024, size + size // 4)
            for name, kind, empty in _COLUMNS:
                grown: npt.NDArray[np.generic] = np.full(room, empty, kind)
                grown[:capacity] = getattr(self, name)
                setattr(self, name, grown)
        self.size = size

    def merge(self, columns: Columns, slots: Slots, cells: npt.NDArray[np.int32]) -> None:
        """Takes the facts of a batch into the rows that `slots` gave; `cells` are the numbers of its cells."""
        kind = columns.kind
        for wanted in (ARRIVED, DOOR):
            rows = np.flatnonzero(kind == wanted)
            if rows.size:
                slot, at_ms = slots[rows], columns.at_ms[rows]
                if columns.ref[rows].min() < 0:
                    message = "a fact that begins a visit names no cell"
                    raise IndexError(message)
                np.minimum.at(self.arrived, slot, at_ms)
                stands = self.arrived[slot] == at_ms
                self.cell[slot[stands]] = cells[columns.ref[rows[stands]]]
                if wanted == DOOR:
                    self.door[slot[stands]] = columns.code[rows[stands]]
        rows = np.flatnonzero(kind == ENDED)
        if rows.size:
            slot, key = slots[rows], _key(columns.version[rows], columns.at_ms[rows])
            np.minimum.at(self.end_key, slot, key)
            stands = self.end_key[slot] == key
            self.outcome[slot[stands]] = columns.code[rows[stands]]
        rows = np.flatnonzero(kind == HANDLED)
        if rows.size:
            self._merge_handling(columns, rows, slots[rows])
        rows = np.flatnonzero(kind == GIVEN_UP)
        if rows.size:
            np.minimum.at(self.given_up, slots[rows], columns.at_ms[rows])

    def _merge_handling(self, columns: Columns, rows: Slots, slot: Slots) -> None:
        parts = columns.handling
        stated_acw = parts[:, 2] >= 0
        talk = np.flatnonzero(~stated_acw)
        np.minimum.at(self.talked, slot[talk], columns.at_ms[rows[talk]])
        wrap = np.flatnonzero(stated_acw)
        key = _key(columns.version[rows[wrap]], columns.at_ms[rows[wrap]])
        np.minimum.at(self.wrapped_key, slot[wrap], key)
        stands = wrap[self.wrapped_key[slot[wrap]] == key]
        self.acw_ms[slot[stands]] = parts[stands, 2]
        # The fact about after-call work repeats the talk; where it is known, its word is the one that stands.
        first = self.talked[slot[talk]] == columns.at_ms[rows[talk]]
        alone = self.wrapped_key[slot[talk]] == _UNKNOWN
        write = np.concatenate([talk[first & alone], stands])
        self.talk_ms[slot[write]], self.hold_ms[slot[write]] = parts[write, 0], parts[write, 1]
        self.flags[slot[write]] = columns.code[rows[write]]

    def of_cells(self, cells: npt.NDArray[np.int64]) -> Slots:
        """The slots of all visits of these cells."""
        cell = self.cell[: self.size]
        if cells.size <= _COMPARED_EACH:
            return np.concatenate([np.flatnonzero(cell == number) for number in cells.astype(np.int32)])
        wanted = np.zeros(len(self.cells.cells) + 1, np.bool_)
        wanted[cells] = True
        return np.flatnonzero(wanted[cell])

    def end(self, slots: Slots) -> Ints:
        """When each wait ended, NEVER where no end is known."""
        return self.end_key[slots] & _AT_MASK

    def wrapped(self, slots: Slots) -> Ints:
        """When the after-call work of each visit ended, NEVER where none was stated."""
        return self.wrapped_key[slots] & _AT_MASK

    def keep(self, keep: npt.NDArray[np.bool_]) -> None:
        """Forgets every row that is False in `keep` (one flag per row); slots change."""
        rows = np.flatnonzero(keep)
        self._ids = IdTable(self._ids.ids()[rows])
        for name, _, _ in _COLUMNS:
            setattr(self, name, getattr(self, name)[rows].copy())
        self.size = rows.size

    def dump(self) -> dict[str, bytes]:
        """The table as bytes by column, ids in slot order."""
        parts = {name: getattr(self, name)[: self.size].tobytes() for name, _, _ in _COLUMNS}
        parts["ids"] = self._ids.ids().tobytes()
        return parts

    def load(self, parts: dict[str, bytes]) -> None:
        """Replaces the table by what `dump` gave."""
        self._ids = IdTable(halves(parts["ids"]))
        for name, kind, _ in _COLUMNS:
            setattr(self, name, np.frombuffer(parts[name], kind).copy())
        self.size = self._ids.size


def without_seen(columns: Columns) -> Columns:
    """The batch without facts that only name a cell (they have no visit)."""
    if not (columns.kind == SEEN).any():
        return columns
    keep = columns.kind != SEEN
    return columns._replace(
        kind=columns.kind[keep],
        visit=columns.visit[keep],
        at_ms=columns.at_ms[keep],
        ref=columns.ref[keep],
        code=columns.code[keep],
        version=columns.version[keep],
    )
