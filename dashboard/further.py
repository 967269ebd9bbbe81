"""What boards show beside visits: absence, campaigns and money, as the rows that every other answer is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from streams.counters import WINDOWS
from streams.group_floor import FLOOR
from streams.money.account import Account
from streams.money.postings import DIMENSIONS as OF_MONEY
from streams.money.postings import Posting
from streams.query import Row, Where, window_rows
from streams.reading import Reading, merge
from streams.records import Cell

_SHOWN = frozenset({"shifts", "outbound", "lists"})

Rows = Mapping[str, Row]
"""The rows of one group, by window."""


class Further:
    """Rows of further families and of money by any dimensions, of one picture and one reader.

    `readings` and `configured` are all that the reader may see, `where` is their scope, to which postings are cut;
    `postings` None: the reader may see no money, or nothing is about money. `floor`: fewer distinct persons are not
    shown.
    """

    def __init__(
        self,
        readings: Iterable[Reading],
        configured: Iterable[Cell] = (),
        *,
        as_of_ms: int = 0,
        where: Where | None = None,
        postings: Mapping[str, Sequence[Posting]] | None = None,
        floor: int = FLOOR,
    ) -> None:
        self._readings = [reading for reading in readings if reading.cell.family in _SHOWN]
        self._configured = [cell for cell in configured if cell.family in _SHOWN]
        self._as_of_ms = as_of_ms
        self._where = where or {}
        self._postings = None if postings is None else {window: postings.get(window, ()) for window in WINDOWS}
        self._floor = floor
        self._rows: dict[tuple[str, ...], dict[tuple[str, ...], Rows]] = {}
        cells = [*self._configured, *(reading.cell for reading in self._readings)]
        self.campaigns = [cell for cell in dict.fromkeys(cells) if cell.campaign]
        """The cells of outbound work and of lists, configured or seen."""
        self.has_shifts = any(cell.family == "shifts" for cell in cells)

    def knows_money(self, *by: str) -> bool:
        """True when there is money for this reader in rows by these dimensions."""
        return self._postings is not None and OF_MONEY.issuperset((*by, *self._where))

    def rows(self, *by: str) -> Mapping[tuple[str, ...], Rows]:
        """The rows by these dimensions, by their values in that order."""
        if by not in self._rows:
            found: dict[tuple[str, ...], dict[str, Row]] = {}
            if self._readings or self._configured or self._postings is not None:
                for row in window_rows(
                    self._readings,
                    as_of_ms=self._as_of_ms,
                    day_start=lambda _site: self._as_of_ms,
                    by=by,
                    where=self._where,
                    configured=self._configured,
                    floor=self._floor,
                    postings=self._postings,
                ):
                    found.setdefault(tuple(row.by[name] for name in by), {})[row.span] = row
            self._rows[by] = found  # type: ignore[assignment]
        return self._rows[by]

    def total(self, dimension: str = "") -> Rows:
        """The rows of all, or of all that has a value of a dimension: with "campaign" the money of all campaigns."""
        if not dimension:
            return self.of((), ())
        parts = [rows for key, rows in self.rows(dimension).items() if key[0]]
        return {window: _joined([rows[window] for rows in parts]) for window in WINDOWS if parts}

    def of(self, by: Sequence[str], key: Sequence[str]) -> Rows:
        """The rows of one group; none where nothing of it is known."""
        return self.rows(*by).get(tuple(key), {})


def _joined(rows: Sequence[Row]) -> Row:
    accounts = [row.account for row in rows if row.account is not None]
    account = Account(
        tuple(posting for each in accounts for posting in each.postings),
        sum(each.calls for each in accounts),
        any(each.provisional for each in accounts),
    )
    return replace(rows[0], sums=merge(row.sums for row in rows), account=account if accounts else None)
