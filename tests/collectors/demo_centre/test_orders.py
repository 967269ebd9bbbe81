"""The orders of the simulated centre: whole files, the same however the time is cut, cancelled ones among them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from collectors.demo_centre import Beside, Centre
from collectors.demo_centre.orders import Orders
from commands import wiring
from streams.records import Ordered
from tests.scenarios.core import Core

START_MS = 1_780_000_123_456
SEED = 3


def test_however_the_time_is_cut_the_files_are_the_same() -> None:
    day_ms = Centre(SEED, START_MS).day_start_ms
    once = dict(Orders(SEED, day_ms).advance(START_MS))
    cut = Orders(SEED, day_ms)
    pieces = [file for at_ms in range(day_ms, START_MS + 1, 170_000) for file in cut.advance(at_ms)]
    pieces += cut.advance(START_MS)
    assert dict(pieces) == once
    assert len(pieces) == len(once) == 60


def test_every_file_is_complete_and_is_read_without_a_fault(tmp_path: Path) -> None:
    centre = Centre(SEED, START_MS)
    beside = Beside(tmp_path / "queue_log", centre)
    beside.begin(START_MS)
    beside.close()
    files = sorted(beside.orders_folder.glob("*.csv"))
    assert not list(beside.orders_folder.glob("*.part"))
    for file in files:
        stated = file.with_name(f"{file.name}.sha256").read_text().split()[0]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == stated
    settings = tmp_path / "leitstand.toml"
    settings.write_text(centre.settings_toml("queue_log", beside.paths), "utf-8")
    core = Core(wiring.read_settings(settings), "demo_orders", tmp_path / "data")
    core.replay(*files, now_ms=START_MS)
    tally = core.tally()
    assert (tally.dead, tally.duplicate) == (0, 0)
    orders = [fact for batch in core.batches() for fact in batch.facts if isinstance(fact, Ordered)]
    assert {fact.cell.hotline for fact in orders} == {"Bestellung Nord", "Bestellung Süd", "Neukunden"}
    assert all(fact.cell.configured for fact in orders)
    taken = {fact.order[:10]: fact for fact in orders if not fact.cancels}
    cancelled = [fact for fact in orders if fact.cancels]
    assert 0.01 < len(cancelled) / len(taken) < 0.06
    assert all(taken[fact.cancels[:10]].revenue_minor == -fact.revenue_minor for fact in cancelled)
    assert all(taken[fact.cancels[:10]].at_ms < fact.at_ms for fact in cancelled)


def test_begun_again_it_adds_what_is_new_and_touches_nothing(tmp_path: Path) -> None:
    found: list[dict[str, int]] = []
    for later_ms in (0, 900_000):
        beside = Beside(tmp_path / "queue_log", Centre(SEED, START_MS))
        beside.begin(START_MS + later_ms)
        beside.close()
        found.append({file.name: file.stat().st_ino for file in beside.orders_folder.iterdir()})
    before, after = found
    assert before.items() < after.items()
    assert len(after) == len(before) + 2 * 3
