"""The engine's bench in a tiny setting: same records on both sides, levels that add up."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from bench import engine as bench
from bench.levels import LEVELS, Levels
from bench.report import Report, quantile
from bench.traffic import DIMENSIONS, START_MS, cells, json_lines, minutes, payload
from streams.codec import DOOR, decode, decode_columns
from streams.counters import COMBINATIONS, INDEX
from streams.days import SiteClock
from streams.engine import Engine
from streams.reading import merge, sums


def test_records_come_in_order_at_the_asked_pace_and_are_the_same_every_time() -> None:
    rows = np.concatenate(list(minutes(7, 50, 600)))
    assert (np.diff(rows["at_ms"]) >= 0).all()
    assert rows["at_ms"][0] >= START_MS
    assert rows["at_ms"][-1] < START_MS + 600_000
    busy = rows[rows["at_ms"] >= START_MS + 400_000]
    assert len(busy) / 200 == pytest.approx(50, rel=0.1)
    assert set(rows["place"].tolist()) == set(range(7))
    assert (np.concatenate(list(minutes(7, 50, 600))) == rows).all()


def test_both_sides_are_given_the_same_records() -> None:
    places = cells(5)
    rows = np.concatenate(list(minutes(5, 20, 120)))
    facts = decode(payload(rows, places, 1)).facts
    lines = [json.loads(line) for line in json_lines(rows, places)]
    assert [(type(fact).__name__, fact.at_ms) for fact in facts] == [(line["kind"], line["at_ms"]) for line in lines]
    arrived = {line["visit"]: line for line in lines if line["kind"] == "Arrived"}
    assert len(arrived) > 100
    for line in lines:
        assert line["hotline"] == arrived.get(line["visit"], line)["hotline"]
    assert all(set(DIMENSIONS) <= set(line) for line in arrived.values())
    counts = bench.naive(json_lines(rows, places))
    assert Counter(line["hotline"] for line in lines) == Counter(
        {hotline: sum(n for (name, _), n in counts.items() if name == hotline) for hotline, _ in counts}
    )


def test_levels_are_the_sums_of_what_the_cells_read() -> None:
    places = cells(40)
    rows = np.concatenate(list(minutes(40, 40, 300)))
    engine = Engine(START_MS, lambda _: SiteClock("Europe/Berlin", 0))
    engine.apply(decode_columns(payload(rows, places, 1)))
    engine.tick(START_MS + 301_000)
    engine.refresh_maxima(np.arange(40))
    figures = Levels(engine.cells.cells).figures(engine)
    readings = engine.readings()
    assert set(figures) == set(LEVELS)
    for level in LEVELS:
        groups = {"" if level == "all" else getattr(reading.cell, level) for reading in readings}
        expected = Counter(
            (
                total["offered"],
                total["wait_answered_ms"],
                total.wait_max_ms,
                sum(total.waits.values()),
                sum(each.waiting for each in members),
            )
            for group in groups
            for members in [[r for r in readings if level == "all" or getattr(r.cell, level) == group]]
            for total in [merge(sums(reading, "30m", "arrival") for reading in members)]
        )
        found = figures[level]
        place = COMBINATIONS["30m", "arrival"]
        assert expected == Counter(
            zip(
                found.sums[:, place, INDEX["offered"]].tolist(),
                found.sums[:, place, INDEX["wait_answered_ms"]].tolist(),
                found.wait_max_ms[:, place].tolist(),
                found.histogram[:, place].sum(axis=1).tolist(),
                found.waiting.tolist(),
                strict=True,
            )
        ), level
    doors = int((rows["kind"] == DOOR).sum())
    assert figures["all"].sums[0, place, INDEX["busy_played"]] == doors > 0


def test_a_wrong_total_stops_the_bench() -> None:
    given = bench.traffic(3, 50, 60, 10, [100])
    bench.engine_seconds(given, given.entries[100])
    with pytest.raises(RuntimeError, match="arrivals"):
        bench.engine_seconds(given, given.entries[100][:-2])


def test_the_table_says_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--hotlines",
        "3",
        "30",
        "--sizes",
        "500",
        "--per-second",
        "200",
        "--warm-seconds",
        "60",
        "--seconds",
        "20",
        "--runs",
        "1",
    ]
    status = bench.main(words)
    table = capsys.readouterr().out
    assert "3 · naive loop" in table
    assert "30 · 500" in table
    assert "growth 3 → 30 · 500" in table
    assert status == ("short" in table)


def test_a_report_says_pass_or_short_and_fails_with_any_short(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("title", "what", "value")
    report.judge("kept", "1", holds=True)
    assert report.show() == 0
    report.judge("not kept", "2", holds=False)
    assert report.show() == 1
    out = capsys.readouterr().out
    assert "PASS" in out
    assert "short" in out


def test_a_quantile_is_a_value_that_was_measured() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [quantile(values, share) for share in (0.0, 0.2, 0.5, 0.95, 1.0)] == [1.0, 1.0, 3.0, 5.0, 5.0]
    assert quantile(list(map(float, range(1, 101))), 0.95) == 95.0
