"""Questions in words: what is understood, and what is refused with a word on what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from streams.days import SiteClock
from streams.query import DIMENSIONS
from streams.question import edges, instant, question
from streams.records import Cell

HOURS: dict[str, Any] = {"from_": "2026-07-08T10:00:00Z", "to": "2026-07-08T12:00:00Z"}


def test_without_a_word_both_windows_live_and_now() -> None:
    asked = question()
    assert (asked.as_of_ms, asked.windows, asked.basis, asked.by, asked.from_ms) == (
        None,
        ("30m", "day"),
        "live",
        (),
        None,
    )


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("2026-07-08T12:00:00Z", 1_783_512_000_000),
        ("2026-07-08T14:00:00+02:00", 1_783_512_000_000),
        ("2026-07-08T12:00:00.999Z", 1_783_512_000_000),
        ("2026-10-25T02:30:00+01:00", 1_792_891_800_000),
    ],
)
def test_instants_with_an_offset_fractions_cut(text: str, at_ms: int) -> None:
    assert instant(text) == at_ms


@pytest.mark.parametrize(
    "text", ["", "now", "2026-07-08", "2026-07-08T12:00:00", "2026-13-01T00:00:00Z", "1783512000", "2026-07-08T25:00Z"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write ISO 8601"):
        instant(text)


def test_dimensions_and_values() -> None:
    where = (("hotline", "A"), ("hotline", "B"), ("provider", "N"))
    asked = question(by=("hotline", "provider", "hotline"), where=where)
    assert asked.by == ("hotline", "provider")
    assert asked.where == {"hotline": {"A", "B"}, "provider": {"N"}}
    assert question(by=DIMENSIONS).by == DIMENSIONS


def test_intervals_are_by_arrival_and_total_unless_said_otherwise() -> None:
    asked = question(**HOURS)
    assert (asked.basis, asked.interval, asked.zone) == ("arrival", "total", "")
    assert (asked.from_ms, asked.to_ms) == (1_783_504_800_000, 1_783_512_000_000)
    assert question(**HOURS, interval="1h", zone="Asia/Kathmandu", basis="arrival").zone == "Asia/Kathmandu"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"windows": ("1h",)}, "30m, day"),
        ({"basis": "dead"}, "live, arrival"),
        ({"by": ("queue",)}, "dimension 'queue'"),
        ({"where": (("colour", "red"),)}, "dimension 'colour'"),
        ({"from_": HOURS["from_"]}, "both"),
        ({"to": HOURS["to"]}, "both"),
        ({"interval": "1h"}, "from and to"),
        ({"zone": "Europe/Berlin"}, "from and to"),
        ({**HOURS, "windows": ("day",)}, "exclude"),
        ({**HOURS, "basis": "live"}, "arrival"),
        ({**HOURS, "interval": "2h"}, "15m, 30m, 1h"),
        ({**HOURS, "zone": "Mars/Olympus"}, "IANA"),
        ({**HOURS, "zone": "../etc/passwd"}, "IANA"),
        ({**HOURS, "zone": "Europe"}, "IANA"),
        ({"from_": HOURS["to"], "to": HOURS["from_"]}, "not before"),
        ({"from_": HOURS["to"], "to": HOURS["to"]}, "not before"),
        ({"as_of": "yesterday"}, "yesterday"),
    ],
)
def test_what_cannot_be_answered_is_refused(words: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        question(**words)


CLOCKS = {"": SiteClock("Europe/Berlin"), "L": SiteClock("Europe/London"), "K": SiteClock("Asia/Kathmandu")}


@pytest.mark.parametrize(
    ("zone", "sites", "where", "minute"),
    [
        (None, ["K"], (), 15),  # all share the clock of the site
        (None, ["K", "L"], (), 0),  # they do not: the default clock
        (None, ["K", "L"], (("site", "K"),), 15),  # those that are asked for do
        ("Asia/Kathmandu", ["L"], (), 15),
    ],
)
def test_intervals_are_cut_at_the_clock_that_fits(
    zone: str | None, sites: list[str], where: tuple[tuple[str, str], ...], minute: int
) -> None:
    asked = question(**HOURS, interval="1h", zone=zone, where=where)
    cuts = edges(asked, [Cell("A", site=site) for site in sites], CLOCKS.__getitem__)
    assert (cuts[0], cuts[-1]) == (asked.from_ms, asked.to_ms)
    assert {cut // 60_000 % 60 for cut in cuts[1:-1]} == {minute}


def test_too_many_rows_are_refused() -> None:
    asked = question(from_="1990-01-01T00:00:00Z", to="2026-01-01T00:00:00Z", interval="15m")
    with pytest.raises(ValueError, match="fewer or longer"):
        edges(asked, [], CLOCKS.__getitem__)
    years = question(from_="1990-01-01T00:00:00Z", to="2026-01-01T00:00:00Z", interval="month", zone="UTC")
    assert len(edges(years, [], CLOCKS.__getitem__)) == 36 * 12 + 1
