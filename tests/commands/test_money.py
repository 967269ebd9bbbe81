"""Money through a real `leitstand up`: files in, euros out at the command line and over HTTP."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.commands.calling import Place
from tests.commands.running import PASSWORD, Browser, StartUp, wait_for
from tests.money.centre_files import HALF_HOUR_MS, came, midnight, right, two_days, write, yesterday
from tests.money.story import at

pytestmark = pytest.mark.server


def test_euros_of_a_running_centre_are_those_of_the_slow_computation(start_up: StartUp, tmp_path: Path) -> None:
    now_ms = time.time_ns() // 1_000_000
    story = two_days(now_ms)
    config, rows = write(story, tmp_path)
    place = Place(config, tmp_path / "data")
    up = start_up(place).ready()
    done = place.call("user", "add", "chefin", "--role", "manager", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr

    wait_for(lambda: {feed: one.tally.received for feed, one in up.reports().items()} == rows, f"{rows} rows")
    browser = Browser(up.url)
    assert browser.log_in("chefin") == 303
    # The first answer of a day counts the month so far: on a busy machine that may take longer than a caller waits.
    wait_for(lambda: browser.ask("GET", "/api/kpis")[0] == 200, "the month to be counted")
    live = browser.json("/api/kpis?by=hotline&window=day")
    as_of_ms = at(live["as_of"])
    expected = right(story, midnight(as_of_ms), (as_of_ms // HALF_HOUR_MS + 1) * HALF_HOUR_MS)
    # What accrues with every second is asked for the day that is over.
    assert {**came(live), "C": None} == {**expected, "C": None}
    assert place.json("kpis", "--by", "hotline", "--window", "day", "--as-of", live["as_of"]) == live
    from_ms, to_ms = yesterday(now_ms)
    asked = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000)) for ms in (from_ms, to_ms)]
    before = place.json("kpis", "--by", "hotline", "--from", asked[0], "--to", asked[1], "--interval", "total")
    assert came(before) == right(story, from_ms, to_ms)
    assert browser.json(f"/api/kpis?by=hotline&from={asked[0]}&to={asked[1]}&interval=total")["rows"] == before["rows"]
