"""What a KPI is: a formula over summed counters, with its names, unit, direction and null rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from streams.reading import Sums
from streams.records import VISITS, Supplies

Unit = Literal["share", "seconds", "count", "number"]
Why = Literal["empty", "not_supplied", "suppressed"]


@dataclass(frozen=True)
class Options:
    """The switches of the service-level formulas: do flow-outs count in SL-Standard, and in SL-1 to SL-6."""

    flow_outs_count: bool = True
    with_flow_outs: bool = False


@dataclass(frozen=True)
class Value:
    """A KPI's value: a share 0..1, seconds, a count or a plain number, unrounded.

    `n` is the denominator. `why` says why there is no value.
    """

    value: float | None
    n: int
    why: Why | None = None


Parts = Callable[[Sums, Options], tuple[int, int]]


@dataclass(frozen=True)
class Named:
    """What every row of the catalogue begins with: its id and its names."""

    id: str
    name_de: str
    name_en: str

    def name(self, language: str) -> str:
        """The name in a language; English for one that the catalogue does not speak."""
        return self.name_de if language == "de" else self.name_en


@dataclass(frozen=True)
class Kpi(Named):
    """One row of the catalogue. `parts` gives numerator and denominator; milliseconds become seconds by `unit`.

    `needs`: what the feeds must supply, else the value is null (not_supplied). An empty denominator is null (empty).
    `better` says which direction is good, or None where neither is. `family`: whose counters it is made of; where a row
    has no cell of that family the value is null (not_supplied), where too few persons are in it null (suppressed).
    `beside`: a second family of which the same holds. `of_now`: it is made of counters without a window, which rows of
    intervals do not have. Of a count, `parts` gives the count twice.
    """

    unit: Unit
    better: Literal["high", "low"] | None
    formula: str
    parts: Parts | None = None
    quantile: float | None = None
    needs: Supplies = Supplies.NOTHING
    short: str = ""
    family: str = VISITS
    of_now: bool = False
    beside: str = ""
