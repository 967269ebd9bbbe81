"""The definition passport of a number: what it means, what it was counted from, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard import formats
from dashboard.tile import Tile, text_of
from dashboard.wording import Wording
from streams import catalogue
from streams.counters import COUNTERS, FURTHER
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


def kpi_name(kpi: catalogue.Kpi, words: Wording) -> str:
    """The catalogue's name in the language of the wording."""
    return kpi.name_de if words.language == "de" else kpi.name_en


def passport(tile: Tile, kpi_id: str, options: catalogue.Options, words: Wording) -> Passport | None:
    """The passport of one KPI of a tile; None for a KPI that the catalogue does not have."""
    kpi = catalogue.KPI.get(kpi_id)
    if kpi is None:
        return None
    source = tile.source
    families = OF_CAMPAIGNS if source.kind == "campaign" else (VISITS,)
    windows = tuple(
        _window(name, kpi, sums, tile, options, words)
        for name, sums in ((words.now_long, tile.now), (words.today, tile.today))
    )
    return Passport(
        kpi=kpi.id,
        name=kpi_name(kpi, words),
        subject=f"{source.name} · {source.mark}" if source.mark else source.name,
        definition=catalogue.definition(kpi, source.cells, options),
        formula=kpi.formula,
        windows=windows,
        counts=_counts((tile.now, tile.today), tile.source.kind, words),
        others=tuple((other.id, kpi_name(other, words)) for other in catalogue.KPIS if other.family in families),
    )


def _window(
    name: str, kpi: catalogue.Kpi, sums: Sums, tile: Tile, options: catalogue.Options, words: Wording
) -> Window:
    value = catalogue.compute(kpi, sums, tile.source.cells, options)
    why = tile.source.lost or (words.reasons_null[value.why] if value.why else "")
    text = formats.NOTHING if tile.source.lost else text_of(kpi, value, words)
    return Window(name, text, formats.whole(value.n, words.language), why)


def _counts(
    windows: tuple[Sums, ...], kind: Literal["hotline", "campaign"], words: Wording
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    rows = []
    of_campaigns = [name for family in OF_CAMPAIGNS for name in (*FURTHER[family].windowed, *FURTHER[family].now)]
    for name in of_campaigns if kind == "campaign" else (*COUNTERS, "wait_max_ms"):
        counts = [sums.wait_max_ms if name == "wait_max_ms" else sums[name] for sums in windows]
        if any(counts):
            finished = tuple(_count(name, count, words.language) for count in counts)
            rows.append((name, words.counters[name], finished))
    return tuple(rows)


def _count(name: str, count: int, language: str) -> str:
    return formats.minutes(count / 1000) if name.endswith("_ms") else formats.whole(count, language)
