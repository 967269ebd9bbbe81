"""What the campaigns of the demo earn, by the engine's own figures: one loses money at whatever hour it starts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collectors.demo_centre import Beside, Centre
from collectors.registry import COLLECTORS
from collectors.sources import Days, Polled
from commands import money, wiring
from commands.collecting import feed_named, feed_run
from config.settings import Settings
from streams.engine import Engine
from streams.log import START
from streams.log_memory import MemoryLog
from streams.pipeline import Pipeline
from streams.query import document, window_rows

STARTS = ("2026-06-10T03:00:07+02:00", "2026-10-25T19:02:59+01:00")


def read_dialer(settings: Settings, folder: Path, now_ms: int) -> MemoryLog:
    """What the collector makes of the dialer's database as it stands now."""
    log, feed, clock = MemoryLog(), feed_named(settings, "demo_dialer"), wiring.clock_of(settings)("")
    options = COLLECTORS[feed.collector].read_options(feed.options)
    assert isinstance(options, Polled)
    run = feed_run(settings, folder, feed, log)
    run.read_from(options.live_source(ZoneInfo(settings.site.zone), Days(clock, settings.site.closes)))
    while run.step(now_ms):
        pass
    assert run.trouble == ""
    assert (run.tally.dead, run.tally.late, run.tally.counted) == (0, 0, run.tally.received)
    run.close()
    return log


@pytest.mark.parametrize("start", STARTS)
def test_one_campaign_loses_money_and_the_others_earn_some(tmp_path: Path, start: str) -> None:
    now_ms = int(datetime.fromisoformat(start).timestamp()) * 1000
    centre = Centre(4711, now_ms)
    beside = Beside(tmp_path / "queue_log", centre)
    beside.begin(now_ms)
    beside.close()
    file = tmp_path / "leitstand.toml"
    file.write_text(centre.settings_toml("queue_log", beside.paths), "utf-8")
    settings = wiring.read_settings(file)
    (tmp_path / "data").mkdir()
    log = read_dialer(settings, tmp_path / "data", now_ms)
    pipeline = Pipeline(Engine(centre.day_start_ms, wiring.clock_of(settings)), billing=True)
    for entry in log.parts[0].read(START, 100_000):
        pipeline.apply(entry.payload)
    pipeline.tick(now_ms)
    ledger = money.ledger(settings)
    assert ledger is not None
    readings = pipeline.readings()
    rows = window_rows(
        readings,
        as_of_ms=now_ms,
        day_start=lambda _: centre.day_start_ms,
        by=("campaign",),
        configured=wiring.configured_cells(settings),
        postings=money.Money(ledger).windows(readings, now_ms, pipeline.by_interval),
    )
    said = document(now_ms, "live", rows, wiring.kpi_options(settings))["rows"]
    margins = {
        (row["by"]["campaign"], row["window"]): row["kpis"]["margin_1"]["value"]
        for row in said
        if row["by"]["campaign"]
    }
    assert len(margins) == 6
    assert {key for key, margin in margins.items() if Decimal(margin) < 0} == {
        ("Rückgewinnung", "30m"),
        ("Rückgewinnung", "day"),
    }
