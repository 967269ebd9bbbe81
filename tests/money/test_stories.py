"""Every story of `cases/`, to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.money.account import MONEY, printed
from streams.query import Row
from tests.money.core import rows_of
from tests.money.story import Question, Story, read, stories

CASES = list(stories(Path(__file__).with_name("cases")))
KPI = {kpi.id: kpi for kpi in MONEY}


def said(row: Row, name: str) -> str:
    """A figure in the words of the stories."""
    assert row.account is not None
    figure = KPI[name].of(row.account)
    return f"null {figure.why}" if figure.amount is None else printed(figure.amount)


def differences(story: Story, question: Question, folder: Path) -> list[str]:
    """One line for each figure that is not as the story says."""
    rows = {
        "/".join(row.by.values()) or "all" if question.by == "" else row.by[question.by]: row
        for row in rows_of(story, question, folder)
    }
    wrong = []
    if list(rows) != [label if label != "nobody" else "" for label, _ in question.rows]:
        wrong.append(f"rows are {list(rows)}")
    for label, values in question.rows:
        row = rows.get("" if label == "nobody" else label)
        for name, right in values.items():
            came = said(row, name) if row is not None else "no row"
            if came != right:
                wrong.append(f"{label}: {name} is {came}, must be {right}")
    return [f"{question.text}: {line}" for line in wrong]


@pytest.mark.parametrize("story", CASES, ids=lambda story: story.title)
def test_story(story: Story, tmp_path: Path) -> None:
    assert story.questions
    wrong = [line for question in story.questions for line in differences(story, question, tmp_path)]
    assert not wrong, "\n".join(wrong)


def test_there_are_stories_enough() -> None:
    assert len(CASES) >= 30
    assert len({story.title for story in CASES}) == len(CASES)


@pytest.mark.parametrize(("right", "wrong"), [("61", "60"), ("0.60", "0.61"), ("1.20", "1.21"), ("by hotline", "")])
def test_a_story_that_is_wrong_fails(right: str, wrong: str, tmp_path: Path) -> None:
    text = """# one call
sold hotlines=A per_minute=0.60
2026-07-08 10:00 call A 61
> day 2026-07-08 by hotline
    A: revenue 1.20
"""
    for story_text, fine in ((text, True), (text.replace(right, wrong), False)):
        (story,) = read(story_text)
        assert (differences(story, story.questions[0], tmp_path) == []) is fine
