"""A story through the running core, its clock going on: what the windows and rows of intervals say of money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

from commands import money, wiring
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.engine import Engine
from streams.money.account import Account
from streams.money.postings import Kind
from streams.pipeline import Pipeline
from streams.query import interval_rows, window_rows
from streams.reading import Sums
from streams.records import Cell
from tests.batch.local_days import business_day_start_ms
from tests.money.core import facts, settings_of
from tests.money.story import Story

ZONE = "Europe/Berlin"
KINDS: tuple[Kind, ...] = ("revenue", "direct", "staff", "overhead")
_DAY_MS = 86_400_000
_FAR_AHEAD_MS = 4_000_000_000_000


class Live:
    """One story, all of it known; `folder` takes its settings."""

    def __init__(self, story: Story, folder: Path) -> None:
        self._settings = settings_of(story, folder)
        books = money.ledger(self._settings)
        assert books is not None
        self._books = books
        self._facts = list(facts(story, self._settings))
        self._configured = wiring.configured_cells(self._settings)

    def _pipeline(self, now_ms: int) -> Pipeline:
        pipeline = Pipeline(Engine(now_ms, wiring.clock_of(self._settings)), billing=True)
        pipeline.apply(encode(Batch("story", 1, _FAR_AHEAD_MS, Tally(), self._facts)))
        return pipeline

    def windows(self, when: Sequence[int]) -> Iterator[tuple[int, dict[str, Account]]]:
        """What each window says at each of these instants (UTC ms, ascending)."""
        pipeline = self._pipeline(when[0] - 70 * _DAY_MS)
        posted = money.Money(self._books)

        def between(edges: list[int]) -> Mapping[Cell, Sequence[Sums]]:
            return pipeline.by_interval(edges)

        for now_ms in when:
            pipeline.tick(now_ms)
            readings = pipeline.readings()
            rows = window_rows(
                readings,
                as_of_ms=now_ms,
                day_start=partial(_day_start_ms, now_ms),
                by=[],
                windows=("30m", "day"),
                configured=self._configured,
                postings=posted.windows(readings, now_ms, between),
            )
            found = {row.span: row.account for row in rows}
            yield now_ms, {window: account for window, account in found.items() if account is not None}

    def intervals(self, edges: list[int]) -> Iterator[tuple[int, int, Account]]:
        """What each [edge, next edge) says when all is over."""
        after_ms = edges[-1] + 70 * _DAY_MS
        pipeline = self._pipeline(edges[0] - 70 * _DAY_MS)
        pipeline.tick(after_ms)

        def between(cuts: list[int]) -> Mapping[Cell, Sequence[Sums]]:
            return pipeline.by_interval(cuts)

        rows = interval_rows(
            between(edges),
            edges,
            "total",
            by=[],
            configured=self._configured,
            postings=money.Money(self._books).intervals(edges, after_ms, between),
            provisional=lambda end_ms: self._books.is_provisional(end_ms, after_ms),
        )
        for row in rows:
            assert row.account is not None
            yield row.start_ms, row.end_ms, row.account


def _day_start_ms(now_ms: int, site: str) -> int:
    del site
    return business_day_start_ms(now_ms, ZONE)


def sum_of(account: Account, kind: Kind) -> Fraction | str:
    """One sum to the last digit, or why there is none; what no feed supplies is nothing here."""
    figure = account.sum(kind)
    if figure.why == "not_supplied":
        return Fraction(0)
    return figure.why or figure.amount or Fraction(0)
