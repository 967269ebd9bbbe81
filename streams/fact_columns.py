"""How facts of the further families look in the log: one list of columns for each type of fact.

Columns follow from the fields of the type. Ids and numbers become arrays; cells are numbered in a table of the batch
(apart from those of visits), texts in a table of their own. A field may be added behind the others if it has a
default: entries that were written before it then read as that default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, NamedTuple, get_type_hints

import msgspec
import numpy as np
import numpy.typing as npt

from streams.cell import ID_BYTES, Cell
from streams.id_table import halves

_TEXTS = msgspec.msgpack.Encoder()
_TEXT_DECODER = msgspec.msgpack.Decoder(list[str])


class FactTable(NamedTuple):
    """All facts of one type in one batch.

    `columns` by name of field: ids are pairs of integers (`id_table.Halves`), cells point into the cells of the batch,
    texts into `texts`, all else are numbers.
    """

    size: int
    columns: dict[str, npt.NDArray[Any]]
    texts: list[str]


class FactColumns:
    """Reads and writes facts of one type.

    `fact` is that type, a msgspec struct whose fields are bytes (16 each), int, IntEnum, bool, str or Cell.
    """

    def __init__(self, fact: type[msgspec.Struct]) -> None:
        hints = get_type_hints(fact)
        self.fact = fact
        self._fields = [(field.name, hints[field.name], field.default) for field in msgspec.structs.fields(fact)]

    def encode(self, facts: Sequence[msgspec.Struct], number_of: Callable[[Cell], int]) -> list[bytes]:
        """The columns; `number_of` gives the number of a cell in the batch."""
        texts: dict[str, int] = {}
        encoded = []
        for name, kind, _ in self._fields:
            values = [getattr(fact, name) for fact in facts]
            if kind is bytes:
                encoded.append(b"".join(value or bytes(ID_BYTES) for value in values))
            elif kind is Cell:
                encoded.append(np.array([number_of(value) for value in values], "<i4").tobytes())
            elif kind is str:
                encoded.append(np.array([texts.setdefault(value, len(texts)) for value in values], "<i4").tobytes())
            else:
                encoded.append(np.array(values, _dtype(kind)).tobytes())
        return [_TEXTS.encode(list(texts)), *encoded]

    def table(self, columns: Sequence[bytes]) -> FactTable:
        """The facts as arrays. Raises ValueError when the columns do not fit each other."""
        texts = _TEXT_DECODER.decode(columns[0])
        found: dict[str, npt.NDArray[Any]] = {}
        size: int | None = None
        for (name, kind, default), column in zip(
            self._fields, [*columns[1:], *[None] * len(self._fields)], strict=False
        ):
            if column is None:
                if default is msgspec.NODEFAULT:
                    message = f"column {name} is missing"
                    raise ValueError(message)
                if kind is str:
                    texts = [*texts, default]
                    default = len(texts) - 1  # noqa: PLW2901 - its number stands for the text
                if kind is bytes:
                    found[name] = halves((default or bytes(ID_BYTES)) * (size or 0))
                else:
                    found[name] = np.full(size or 0, default, "<i4" if kind is str else _dtype(kind))
            elif kind is bytes:
                found[name] = halves(column)
            else:
                found[name] = np.frombuffer(column, "<i4" if kind in (Cell, str) else _dtype(kind))
            size = len(found[name]) if size is None else size
            if len(found[name]) != size:
                message = f"column {name} has {len(found[name])} rows, {size} expected"
                raise ValueError(message)
        return FactTable(size or 0, found, texts)

    def check(self, table: FactTable, cells: int) -> None:
        """Raises IndexError for facts that name a cell or a text that is not there; the batch has so many `cells`."""
        for name, kind, _ in self._fields:
            if kind not in (Cell, str) or not table.size:
                continue
            column, there = table.columns[name], cells if kind is Cell else len(table.texts)
            if column.min() < 0 or column.max() >= there:
                message = f"a fact names as its {name} what its batch does not have"
                raise IndexError(message)

    def packed(self, table: FactTable) -> list[bytes]:
        """The columns as `encode` writes them."""
        return [_TEXTS.encode(table.texts), *(table.columns[name].tobytes() for name, _, _ in self._fields)]

    def joined(self, tables: Sequence[tuple[FactTable, int]]) -> FactTable:
        """All facts of these tables in their order; the number beside each is added to the cells that it names."""
        texts: list[str] = []
        columns: dict[str, list[npt.NDArray[Any]]] = {name: [] for name, _, _ in self._fields}
        for table, cells_before in tables:
            for name, kind, _ in self._fields:
                before = cells_before if kind is Cell else len(texts) if kind is str else 0
                column = table.columns[name]
                columns[name].append((column + before).astype("<i4") if before else column)
            texts += table.texts
        return FactTable(
            sum(table.size for table, _ in tables),
            {name: np.concatenate(parts) for name, parts in columns.items()},
            texts,
        )

    def facts(self, table: FactTable, cells: Sequence[Cell]) -> list[Any]:
        """The facts as records."""
        values = []
        for name, kind, _ in self._fields:
            column = table.columns[name]
            if kind is bytes:
                ids = np.ascontiguousarray(column).view(f"V{ID_BYTES}").reshape(-1).tolist()
                values.append([b"" if not any(each) else each for each in ids])
            elif kind is Cell:
                values.append([cells[number] for number in column.tolist()])
            elif kind is str:
                values.append([table.texts[number] for number in column.tolist()])
            else:
                values.append([kind(number) for number in column.tolist()])
        return [self.fact(*row) for row in zip(*values, strict=True)]


def _dtype(kind: Any) -> str:
    if kind is bool:
        return "?"
    return "<u1" if isinstance(kind, type) and issubclass(kind, IntEnum) else "<i8"
