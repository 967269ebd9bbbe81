"""Which leads a dialer calls again: the rules of its tables by hand."""

from __future__ import annotations

import pytest

from collectors.contract import SourceTrouble
from collectors.vicidial.redial import redial

CAMPAIGNS = [
    ("WINBACK", " NEW B NA DROP -", 0, "1.5"),
    ("UPSELL", " NEW -", 3, None),
    ("SURVEY", None, None, "0"),
]
RECYCLING = [("WINBACK", "B", 300, 2), ("UPSELL", "NA", 3_600, 10)]
RULES = redial(10, 1_800, CAMPAIGNS, RECYCLING)


@pytest.mark.parametrize(
    ("campaign", "status", "since_reset", "called_count", "attempts", "waits"),
    [
        ("WINBACK", "NEW", "N", 0, 1, 0),
        # The list was reset: once for the campaign, twice more because a busy line is tried again.
        ("WINBACK", "B", "N", 7, 3, 0),
        ("WINBACK", "B", "Y", 8, 2, 300),
        ("WINBACK", "B", "Y1", 9, 1, 300),
        ("WINBACK", "B", "Y2", 10, 0, 300),
        ("WINBACK", "NA", "Y", 1, 0, 0),
        # Who was dropped is left alone for an hour and a half.
        ("WINBACK", "DROP", "N", 1, 1, 5_400),
        ("WINBACK", "AB", "N", 1, 0, 0),
        # Three calls on a lead at most.
        ("UPSELL", "NA", "Y", 1, 2, 3_600),
        ("UPSELL", "NA", "Y2", 3, 0, 3_600),
        ("UPSELL", "NA", "Y9", 5, 0, 3_600),
        # An older schema does not say what was called since the reset.
        ("UPSELL", "NEW", None, 0, 1, 0),
        ("UPSELL", "NA", None, 2, 1, 3_600),
        ("SURVEY", "NEW", "N", 0, 0, 0),
        # No table knows this campaign: what the settings say.
        ("OTHER", "NA", "Y", 4, 6, 1_800),
        ("OTHER", "NA", "N", 11, 0, 1_800),
    ],
)
def test_a_lead(
    campaign: str, status: str, since_reset: str | None, called_count: int, attempts: int, waits: int
) -> None:
    assert RULES.rests(campaign, status, since_reset, called_count) == (attempts, waits)


def test_every_wait_is_asked_for_once() -> None:
    assert RULES.waits == [0, 300, 1_800, 3_600, 5_400]


def test_a_lockout_that_is_no_number_is_named() -> None:
    with pytest.raises(SourceTrouble, match="campaign WINBACK: drop_lockout_time 'soon' is no number of hours"):
        redial(10, 1_800, [("WINBACK", " NEW -", 0, "soon")], [])
