"""At a thousand instants the live sums of money equal the slow computation, to the last digit.

The clock goes once through each story; the windows of 30 minutes and of the day are read at every stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest

from commands import money
from streams.days import business_date
from streams.money import ledger, postings
from tests.batch.count import HALF_HOUR_MS
from tests.batch.local_days import business_day_start_ms
from tests.batch.money import totals
from tests.money.live import KINDS, ZONE, Live, sum_of
from tests.money.random_story import random_story
from tests.money.story import Story, at

STORIES, INSTANTS_OF_EACH = 50, 20
_TO_SEE_A_FAULT = 25


def instants(story: Story, seed: int) -> list[int]:
    """Whole seconds on and beside what happens, and half an hour behind it; most of them near the calendar's edge."""
    chance = Random(seed)
    edges = [call.end_ms for call in story.calls]
    edges += [attempt.at_ms for attempt in story.attempts] + [order.at_ms for order in story.orders]
    edges += [at_ms for shift in story.shifts for at_ms in (shift.from_ms, shift.to_ms)]
    edges += [at_ms for question in story.questions for at_ms in (question.from_ms, question.to_ms)]
    chosen = [chance.choice(edges) + chance.choice((0, 0, HALF_HOUR_MS)) for _ in range(INSTANTS_OF_EACH)]
    # A window that lies on both sides of a new version has to know both.
    anew = [at(terms.keys["from"]) for terms in story.terms if "from" in terms.keys]
    chosen[:4] = [at_ms + chance.randrange(HALF_HOUR_MS) for at_ms in anew[:1] * 4] or chosen[:4]
    return sorted(-(-at_ms // 1000) * 1000 + chance.choice((-1_000, 0, 0, 1_000)) for at_ms in chosen)


def differences(story: Story, seed: int, folder: Path) -> list[str]:
    """One line for each sum in which the two computations differ."""
    wrong = []
    for now_ms, by_window in Live(story, folder).windows(instants(story, seed)):
        day_start_ms = business_day_start_ms(now_ms, ZONE)
        edge_ms = now_ms - HALF_HOUR_MS
        right = {
            "30m": totals(story, edge_ms, now_ms, (edge_ms + 1, now_ms + 1)),
            "day": totals(story, day_start_ms, now_ms, (day_start_ms, now_ms + 1)),
        }
        assert by_window.keys() == right.keys()
        for window, account in by_window.items():
            for kind in KINDS:
                came, must = sum_of(account, kind), right[window].get(kind, Fraction(0))
                if came != must:
                    wrong.append(f"{story.title} at {now_ms}: {kind} of {window} is {came}, must be {must}")
    return wrong


def test_live_sums_at_a_thousand_instants(tmp_path: Path) -> None:
    for seed in range(STORIES):
        wrong = differences(random_story(seed), seed, tmp_path)
        assert not wrong, "\n".join(wrong[:20])


@contextmanager
def volume_of_the_month_forgotten() -> Iterator[None]:
    """Every day begins with the whole included volume."""
    with mock.patch.object(money.Money, "_until_today", return_value=([], {})):
        yield


@contextmanager
def window_over_midnight_priced_as_today() -> Iterator[None]:
    """What happened in the last minutes of yesterday is priced by what holds today."""
    right = ledger.Ledger._stretch

    def stretch(self: Any, start_ms: int, end_ms: int, *given: Any) -> Any:
        made = right(self, start_ms, end_ms, *given)
        made.service_share = {
            terms: self._share(terms, start_ms, end_ms)
            for terms in (*self.contracts, *self.costs)
            if terms.holds_on(business_date(self.clock, end_ms))
        }
        return made

    with mock.patch.object(ledger.Ledger, "_stretch", stretch):
        yield


@contextmanager
def cancellation_brings_money() -> Iterator[None]:
    """What is taken back counts as sold."""
    right = postings.of_orders

    def of_orders(stretch: Any) -> Any:
        return [
            postings.Posting(one.place, one.kind, abs(one.amount or Fraction(0)), one.currency)
            for one in right(stretch)
        ]

    with mock.patch.object(ledger, "of_orders", of_orders):
        yield


@pytest.mark.parametrize(
    "fault",
    [
        volume_of_the_month_forgotten,
        window_over_midnight_priced_as_today,
        cancellation_brings_money,
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_planted_fault_is_caught(fault: Any, tmp_path: Path) -> None:
    with fault():
        assert any(differences(random_story(seed), seed, tmp_path) for seed in range(_TO_SEE_A_FAULT))
