"""From cells to the rows that commands, pages and other programs read (contract, section 3, `kpis --json`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any, Generic, TypeVar

from streams.catalogue import KPIS, MONEY, Options, Value, compute, definition
from streams.counters import FURTHER, PLACES, ROLLING_SECONDS, WINDOWS
from streams.days import from_ms
from streams.group_floor import FLOOR, Blocks
from streams.money.account import Account, Figure, MoneyKpi, printed
from streams.money.postings import DIMENSIONS as OF_MONEY
from streams.money.postings import Posting
from streams.reading import Reading, Sums, merge, sums
from streams.records import VISITS, Cell

DIMENSIONS = ("hotline", "campaign", "project", "client", "provider", "site", "team", "channel", "segment", "reason")
Where = Mapping[str, Collection[str]]
DayStart = Callable[[str], int]
T = TypeVar("T")
_EUROS: frozenset[str] = frozenset().union(*(family.euros for family in FURTHER.values()))
"""Counters that stand in no row made for somebody who may see no money."""


@dataclass(frozen=True)
class Row:
    """One row of an answer: some cells, summed, for one window or interval.

    `start_ms`, `end_ms` bound it; `cells` are those of visits. `now` are the visits' counters without a window
    (waiting ...), empty in interval rows; those of further families stand in `sums`. `account` is the money of the row;
    None: it was made for somebody who may see none.
    """

    by: dict[str, str]
    span: str
    start_ms: int
    end_ms: int
    sums: Sums
    cells: tuple[Cell, ...]
    now: dict[str, int] = field(default_factory=dict)
    account: Account | None = None

    def value(self, kpi_id: str, options: Options) -> Value:
        """One KPI of this row."""
        return next(compute(kpi, self.sums, self.cells, options) for kpi in KPIS if kpi.id == kpi_id)


def dimension(cell: Cell, name: str) -> str:
    """The cell's value on a dimension; "" where this level cannot know."""
    return str(getattr(cell, name))


def matches(cell: Cell, where: Where) -> bool:
    """True when the cell has one of the wanted values on every dimension named."""
    return all(dimension(cell, name) in values for name, values in where.items())


def takes_part(family: str, by: Collection[str], where: Where) -> bool:
    """True when a family has a part in rows by these dimensions of what this filter leaves."""
    if family == VISITS:
        return True
    counts = FURTHER[family]
    known = all(name in counts.dimensions for name in (*by, *where))
    return known and all(name in by or len(where.get(name, ())) == 1 for name in counts.apart)


class _Groups(Generic[T]):
    """What belongs to each row: values of cells, by the row's key."""

    def __init__(
        self,
        values: Mapping[Cell, T],
        by: Sequence[str],
        where: Where,
        configured: Iterable[Cell],
        floor: int,
        *,
        postings: Iterable[Posting] | None,
    ) -> None:
        self._values = values
        self._floor = floor
        self._by, self._where = by, where
        self._hidden = frozenset() if postings is not None else _EUROS
        self._knows_money = OF_MONEY.issuperset((*by, *where))
        self._cells: defaultdict[tuple[str, ...], dict[Cell, None]] = defaultdict(dict)
        for cell in (*configured, *values):
            if matches(cell, where) and takes_part(cell.family, by, where):
                self._cells[tuple(dimension(cell, name) for name in by)][cell] = None
        for posting in postings or ():
            if self._knows_money and matches(posting.place, where):
                self._cells.setdefault(self._key(posting), {})
        if not by and not where:
            self._cells.setdefault((), {})
        self._people = [cell for cell in values if cell.family != VISITS and FURTHER[cell.family].persons]

    def _key(self, posting: Posting) -> tuple[str, ...]:
        return tuple(dimension(posting.place, name) for name in self._by)

    def of_rows(self) -> list[tuple[str, ...]]:
        return sorted(self._cells)

    def visits(self, key: tuple[str, ...]) -> tuple[Cell, ...]:
        """The cells whose thresholds and sites speak for a row."""
        return tuple(cell for cell in self._cells[key] if cell.family == VISITS)

    def sites(self, key: tuple[str, ...]) -> list[str]:
        return [cell.site for cell in self.visits(key) or self._cells[key]]

    def values(self, key: tuple[str, ...]) -> list[T]:
        return [self._values[cell] for cell in self._cells[key] if cell in self._values]

    def blocks(self, row_of: Callable[[T], Sums]) -> dict[str, Blocks]:
        """Who may be shown together, by family, where `row_of` gives a cell's row of the window or interval."""
        persons: defaultdict[str, dict[Cell, int]] = defaultdict(dict)
        for cell in self._people:
            row, family = row_of(self._values[cell]), FURTHER[cell.family]
            if any(row[name] for name in family.windowed):
                persons[cell.family][cell] = row[family.persons]
        return {family: Blocks(counted, self._floor) for family, counted in persons.items()}

    def total(self, key: tuple[str, ...], row_of: Callable[[T], Sums], blocks: Mapping[str, Blocks]) -> Sums:
        """The sum of a row, without the counters of those who are too few."""
        total = merge(map(row_of, self.values(key)))
        for family, of_family in blocks.items():
            if family in total.families and not of_family.shows(self._cells[key]):
                total.suppressed.add(family)
                for name in FURTHER[family].windowed:
                    total.counts.pop(name, None)
        for name in self._hidden & total.counts.keys():
            del total.counts[name]
        return total

    def posted(self, postings: Sequence[Posting] | None) -> Mapping[tuple[str, ...], Sequence[Posting]] | None:
        """What is posted in each row; None where nobody gave any postings."""
        if postings is None:
            return None
        found: defaultdict[tuple[str, ...], list[Posting]] = defaultdict(list)
        for posting in postings if self._knows_money else ():
            if matches(posting.place, self._where):
                found[self._key(posting)].append(posting)
        return found


def _account(own: Sequence[Posting], total: Sums, *, provisional: bool) -> Account:
    return Account(tuple(own), total["billed_calls"] + total["human_contacts"], provisional)


def window_rows(
    readings: Iterable[Reading],
    *,
    as_of_ms: int,
    day_start: DayStart,
    by: Sequence[str] = (),
    where: Where | None = None,
    windows: Sequence[str] = WINDOWS,
    basis: str = "live",
    configured: Iterable[Cell] = (),
    floor: int = FLOOR,
    postings: Mapping[str, Sequence[Posting]] | None = None,
) -> list[Row]:
    """Rows of the rolling 30 minutes and the day, sorted by dimension values, then window.

    `day_start(site)` is the start of the business day at `as_of_ms`. `configured` cells have a row even when nothing
    happened. Without `by` and `where` there is always one row per window. `floor`: fewer distinct persons than this
    are not shown over a window; `readings` must be all that the reader may see, whatever the filter. `postings` are
    those of each window; without them no row says anything of money.
    """
    given = {reading.cell: reading for reading in readings}
    every = None if postings is None else [posting for window in windows for posting in postings[window]]
    groups = _Groups(given, by, where or {}, configured, floor, postings=every)
    rows_of = {window: partial(sums, window=window, basis=basis) for window in windows}
    blocks = {window: groups.blocks(row_of) for window, row_of in rows_of.items()}
    posted = {window: groups.posted(None if postings is None else postings[window]) for window in windows}
    rows = []
    for key in groups.of_rows():
        now = _now(groups.values(key), as_of_ms)
        for window, row_of in rows_of.items():
            start = as_of_ms - ROLLING_SECONDS * 1000
            if window == "day":
                start = min(map(day_start, groups.sites(key)), default=day_start(""))
            total = groups.total(key, row_of, blocks[window])
            own = posted[window]
            account = None if own is None else _account(own.get(key, ()), total, provisional=True)
            named = dict(zip(by, key, strict=True))
            rows.append(Row(named, window, start, as_of_ms, total, groups.visits(key), now, account))
    return rows


def interval_rows(
    counted: Mapping[Cell, Sequence[Sums]],
    edges: Sequence[int],
    interval: str,
    *,
    by: Sequence[str] = (),
    where: Where | None = None,
    configured: Iterable[Cell] = (),
    floor: int = FLOOR,
    postings: Sequence[Sequence[Posting]] | None = None,
    provisional: Callable[[int], bool] = lambda _end_ms: True,
) -> list[Row]:
    """Rows [from, to) between consecutive edges, sorted by dimension values, then from. See `window_rows`.

    `postings` are those of each interval, `provisional(to)` says whether they may still change.
    """
    every = None if postings is None else [posting for of_row in postings for posting in of_row]
    groups = _Groups(counted, by, where or {}, configured, floor, postings=every)
    rows_of = [itemgetter(number) for number in range(len(edges) - 1)]
    blocks = [groups.blocks(row_of) for row_of in rows_of]
    posted = [groups.posted(None if postings is None else postings[number]) for number in range(len(rows_of))]
    rows = []
    for key in groups.of_rows():
        cells = groups.visits(key)
        for number, row_of in enumerate(rows_of):
            start_ms, end_ms = edges[number], edges[number + 1]
            total = groups.total(key, row_of, blocks[number])
            own = posted[number]
            account = None if own is None else _account(own.get(key, ()), total, provisional=provisional(end_ms))
            named = dict(zip(by, key, strict=True))
            rows.append(Row(named, interval, start_ms, end_ms, total, cells, account=account))
    return rows


def _now(readings: Sequence[Reading], as_of_ms: int) -> dict[str, int]:
    oldest = min((r.oldest_arrival_ms for r in readings if r.oldest_arrival_ms is not None), default=None)
    return {
        "waiting": sum(reading.waiting for reading in readings),
        "late_waiting": sum(reading.late_waiting for reading in readings),
        "longest_wait_ms": 0 if oldest is None else max(0, as_of_ms - oldest),
    }


def iso(at_ms: int) -> str:
    """YYYY-MM-DDTHH:MM:SSZ; a fraction of a second is cut."""
    return from_ms(at_ms // 1000 * 1000).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(as_of_ms: int, basis: str, rows: Iterable[Row], options: Options) -> dict[str, Any]:
    """The JSON answer of `kpis --json` and `/api/kpis`, as plain values."""
    answers: list[dict[str, Any]] = []
    cells: tuple[Cell, ...] | None = None
    texts: dict[str, str] = {}
    for row in rows:
        if row.cells is not cells:
            # The rows of one group share their cells, and their definitions with them.
            cells, texts = row.cells, _definitions(row.cells, options)
        answers.append(_row_json(row, options, texts))
    return {"as_of": iso(as_of_ms), "basis": basis, "rows": answers}


def _definitions(cells: Sequence[Cell], options: Options) -> dict[str, str]:
    return {kpi.id: definition(kpi, cells, options) for kpi in KPIS}


def row_json(row: Row, options: Options) -> dict[str, Any]:
    """One row of that answer. Zero counters are left out."""
    return _row_json(row, options, _definitions(row.cells, options))


def _row_json(row: Row, options: Options, definitions: Mapping[str, str]) -> dict[str, Any]:
    # Sums come in the order in which cells were met; the same numbers must make the same document.
    named = sorted({**row.sums.counts, **row.now}.items(), key=lambda one: PLACES.get(one[0], len(PLACES)))
    counts = {name: value for name, value in named if value}
    if row.sums.wait_max_ms:
        counts["wait_max_ms"] = row.sums.wait_max_ms
    answer: dict[str, Any] = {
        "window" if row.span in WINDOWS and row.now else "interval": row.span,
        "from": iso(row.start_ms),
        "to": iso(row.end_ms),
        "by": row.by,
        "counts": counts,
        "kpis": {
            kpi.id: {**_value_json(compute(kpi, row.sums, row.cells, options)), "definition": definitions[kpi.id]}
            for kpi in KPIS
        },
    }
    if row.account is not None:
        answer["kpis"] |= {kpi.id: _money_json(kpi, row.account) for kpi in MONEY}
    marks = _marks(row)
    if marks:
        answer["marks"] = marks
    return answer


def _value_json(value: Value) -> dict[str, Any]:
    answer: dict[str, Any] = {"value": value.value, "n": value.n}
    if value.why:
        answer["why"] = value.why
    return answer


def _money_json(kpi: MoneyKpi, account: Account) -> dict[str, Any]:
    figure: Figure = kpi.of(account)
    value = None if figure.amount is None else printed(figure.amount)
    answer: dict[str, Any] = {"value": value, "n": figure.n}
    if figure.why:
        answer["why"] = figure.why
    else:
        answer |= {"currency": account.currency, "provisional": account.provisional}
    return answer | {"definition": kpi.formula}


def _marks(row: Row) -> list[str]:
    marks = []
    if "hotline" in row.by and not all(cell.configured for cell in row.cells):
        marks.append("unconfigured")
    if "" in row.by.values():
        marks.append("not_supplied")
    if row.sums["orders_unassigned"]:
        marks.append("unassigned")
    if row.sums["attempts_undated"] or row.sums["shift_absent_undated_ms"]:
        marks.append("undated")
    return marks
