"""Random stories: the ledger and the slow computation, which shares no code with it, agree to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from streams.families.shifts import Shifts
from streams.money import formulas, ledger, service_time
from streams.money.account import Account
from streams.money.postings import Kind
from tests.batch.money import totals
from tests.money.core import rows_of
from tests.money.random_story import random_story
from tests.money.story import Story

STORIES = 60
_KINDS: tuple[Kind, ...] = ("revenue", "direct", "staff", "overhead")


def differences(story: Story, folder: Path) -> list[str]:
    """One line for each sum in which the two computations differ."""
    wrong = []
    for question in story.questions:
        (row,) = rows_of(story, question, folder)
        assert row.account is not None
        right = totals(story, question.from_ms, question.to_ms)
        for kind in _KINDS:
            came = _sum(row.account, kind)
            if came != right.get(kind, Fraction(0)):
                wrong.append(f"{story.title}, {question.text}: {kind} is {came}, must be {right.get(kind)}")
    return wrong


def _sum(account: Account, kind: Kind) -> Fraction | str:
    figure = account.sum(kind)
    if figure.why == "not_supplied":
        return Fraction(0)
    return figure.why or figure.amount or Fraction(0)


@pytest.mark.parametrize("share", range(3))
def test_both_computations_agree(share: int, tmp_path: Path) -> None:
    for seed in range(share, STORIES, 3):
        assert not differences(random_story(seed), tmp_path)


def _wrap(owner: Any, name: str, wrong: Any) -> Any:
    right = getattr(owner, name)
    return mock.patch.object(owner, name, lambda *arguments: wrong(right, *arguments))


@contextmanager
def included_volume_anew_in_each_stretch() -> Iterator[None]:
    def anew(right: Any, price: Any, unit: Any, before: Any, used: Any) -> Any:
        return right(price, unit, dict.fromkeys(before, Fraction(0)), used)

    with _wrap(formulas, "charged", anew):
        yield


@contextmanager
def days_of_24_hours() -> Iterator[None]:
    def whole(_: Any, __: Any, ___: Any, from_ms: int, to_ms: int) -> int:
        return -(-(to_ms - from_ms) // 86_400_000) * 86_400_000

    with _wrap(ledger, "service_ms", whole):
        yield


@contextmanager
def month_of_thirty_days() -> Iterator[None]:
    def thirty(right: Any, clock: Any, at_ms: int) -> tuple[int, int]:
        start_ms, _ = right(clock, at_ms)
        return start_ms, start_ms + 30 * 86_400_000

    # Only where shares are worked out: stretches would be cut wrongly for ever.
    with _wrap(
        ledger.Ledger, "_share", lambda right, own, *given: _with(ledger, "month_of", thirty, right, own, *given)
    ):
        yield


def _with(owner: Any, name: str, wrong: Any, work: Any, *given: Any) -> Any:
    with _wrap(owner, name, wrong):
        return work(*given)


@contextmanager
def shortfall_never_owed() -> Iterator[None]:
    with _wrap(formulas, "shortfall", lambda *_: Fraction(0)):
        yield


@contextmanager
def minutes_cut_not_rounded_up() -> Iterator[None]:
    def cut(right: Any, price: Any, counted: Any) -> Any:
        return right(price, counted) | {"minutes": Fraction(counted["billed_ms"] // 60_000)}

    with _wrap(formulas, "quantities", cut):
        yield


@contextmanager
def absent_people_are_not_paid() -> Iterator[None]:
    def present(right: Any, *given: Any) -> Any:
        counts = right(*given)
        counts[0] -= counts[1]
        return counts

    with _wrap(Shifts, "_counters", present):
        yield


@contextmanager
def service_never_over_midnight() -> Iterator[None]:
    def same_day(right: Any, clock: Any, day: Any, minutes: int) -> int:
        return int(min(right(clock, day, minutes), right(clock, day, 0) + 6 * 3_600_000))

    with _wrap(service_time, "_at", same_day):
        service_time.service_ms.cache_clear()
        yield
    service_time.service_ms.cache_clear()


@pytest.mark.parametrize(
    "fault",
    [
        included_volume_anew_in_each_stretch,
        days_of_24_hours,
        month_of_thirty_days,
        shortfall_never_owed,
        minutes_cut_not_rounded_up,
        absent_people_are_not_paid,
        service_never_over_midnight,
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_planted_fault_is_caught(fault: Any, tmp_path: Path) -> None:
    with fault():
        assert any(differences(random_story(seed), tmp_path) for seed in range(STORIES))
