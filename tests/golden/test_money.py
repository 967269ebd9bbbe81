"""Recorded days of money: every sum byte for byte as the slow computation says it, as an exact fraction."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.golden.catalogue import FOLDER, read_text
from tests.golden.money import MONEY_DAYS, MoneyDay, canonical, instants, make, story
from tests.golden.result import first_difference
from tests.money.live import KINDS, Live, sum_of


@pytest.mark.parametrize("day", MONEY_DAYS, ids=lambda day: day.name)
def test_a_recorded_day(day: MoneyDay, tmp_path: Path) -> None:
    live = Live(story(day), tmp_path)
    came: dict[str, dict[str, Fraction | str]] = {}
    for now_ms, by_window in live.windows(instants(day)):
        for window, account in by_window.items():
            came[f"{window} at {now_ms}"] = {kind: sum_of(account, kind) for kind in KINDS}
    for from_ms, to_ms, account in live.intervals(day.edges):
        came[f"{from_ms} {to_ms}"] = {kind: sum_of(account, kind) for kind in KINDS}
    right, text = read_text(FOLDER / f"{day.name}.money.expected.gz"), canonical(came)
    assert text.encode() == right.encode(), first_difference(right, text)
    for kind in KINDS:
        assert f'"{kind}"' in right, f"this day knows no {kind}"


@pytest.mark.parametrize("day", MONEY_DAYS, ids=lambda day: day.name)
def test_the_recorded_story_is_what_its_seed_gives(day: MoneyDay) -> None:
    """So that nobody edits a day by hand: `python -m tests.golden.record --days` makes it anew."""
    assert read_text(FOLDER / f"{day.name}.money.story.gz") == make(day)
