"""The definition passport of a number: what it means, what it was counted from, and as of when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dashboard import formats
from dashboard.margin import text_of_money
from dashboard.tile import Tile, text_of
from dashboard.wording import Wording
from streams import catalogue
from streams.counters import COUNTERS, FURTHER, WINDOWS
from streams.money.account import MoneyKpi
from streams.reading import Sums
from streams.records import VISITS

OF_CAMPAIGNS = ("outbound", "lists")
"""The families that a campaign's numbers are made of."""


@dataclass(frozen=True)
class Window:
    """One of the two windows of the pair, finished for printing."""

    name: str
    value: str
    n: str
    why: str


@dataclass(frozen=True)
class Passport:
    """Everything that a number carries with it.

    `counts`: every counter that is not zero, as id, name and its value in each window (times as minutes).
    `others`: all KPIs of the same tile, id and name.
    """

    kpi: str
    name: str
    subject: str
    definition: str
    formula: str
    windows: tuple[Window, ...]
    counts: tuple[tuple[str, str, tuple[str, ...]], ...]
    others: tuple[tuple[str, str], ...]


def passport(tile: Tile, kpi_id: str, options: catalogue.Options, words: Wording) -> Passport | None:
    """The passport of one KPI of a tile; None for a KPI that the catalogue does not have, and for one of money where
    the tile has none that the reader may know of.
    """
    money = next((figure for figure in catalogue.MONEY if figure.id == kpi_id), None)
    if money is not None:
        return _of_money(tile, money, words) if tile.money else None
    kpi = catalogue.KPI.get(kpi_id)
    if kpi is None:
        return None
    names = (words.now_long, words.today)
    beside = kpi.family not in (VISITS, *OF_CAMPAIGNS)
    pair = (tile.now, tile.today)
    if beside:
        pair = tuple(tile.beside[window].sums if window in tile.beside else Sums() for window in WINDOWS)  # type: ignore[assignment]
    counters = (kpi.family,) if beside else OF_CAMPAIGNS if tile.source.kind == "campaign" else ()
    return Passport(
        kpi=kpi.id,
        name=kpi.name(words.language),
        subject=tile.source.full_name,
        definition=catalogue.definition(kpi, tile.source.cells, options),
        formula=kpi.formula,
        windows=tuple(_window(name, kpi, sums, tile, options, words) for name, sums in zip(names, pair, strict=True)),
        counts=_counts(pair, counters, words),
        others=_others(tile, words),
    )


def _others(tile: Tile, words: Wording) -> tuple[tuple[str, str], ...]:
    families = OF_CAMPAIGNS if tile.source.kind == "campaign" else (VISITS,)
    return tuple((other.id, other.name(words.language)) for other in catalogue.KPIS if other.family in families)


def _of_money(tile: Tile, kpi: MoneyKpi, words: Wording) -> Passport:
    """What it is counted from are the sums of each kind of posting."""
    accounts = [tile.money[window].account for window in WINDOWS if window in tile.money]
    known = [account for account in accounts if account is not None]
    windows = []
    for name, account in zip((words.now_long, words.today), known, strict=True):
        figure = kpi.of(account)
        why = words.provisional if figure.why is None else words.reasons_null.get(figure.why, words.currencies)
        windows.append(Window(name, text_of_money(figure, account, words), "", tile.source.lost or why))
    kinds = {each.id: each for each in catalogue.MONEY if each.id in ("revenue", "direct_cost")}
    return Passport(
        kpi=kpi.id,
        name=kpi.name(words.language),
        subject=tile.source.full_name,
        definition=kpi.formula,
        formula=kpi.formula,
        windows=tuple(windows),
        counts=tuple(
            (each.id, each.name(words.language), tuple(text_of_money(each.of(one), one, words) for one in known))
            for each in kinds.values()
        ),
        others=_others(tile, words),
    )


def _window(
    name: str, kpi: catalogue.Kpi, sums: Sums, tile: Tile, options: catalogue.Options, words: Wording
) -> Window:
    value = catalogue.compute(kpi, sums, tile.source.cells, options)
    why = tile.source.lost or (words.reasons_null[value.why] if value.why else "")
    text = formats.NOTHING if tile.source.lost else text_of(kpi, value, words)
    return Window(name, text, formats.whole(value.n, words.language), why)


def _counts(
    windows: tuple[Sums, ...], families: Collection[str], words: Wording
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    rows = []
    further = [name for family in families for name in (*FURTHER[family].windowed, *FURTHER[family].now)]
    for name in further or (*COUNTERS, "wait_max_ms"):
        counts = [sums.wait_max_ms if name == "wait_max_ms" else sums[name] for sums in windows]
        if any(counts):
            finished = tuple(_count(name, count, words.language) for count in counts)
            rows.append((name, words.counters[name], finished))
    return tuple(rows)


def _count(name: str, count: int, language: str) -> str:
    return formats.minutes(count / 1000) if name.endswith("_ms") else formats.whole(count, language)
