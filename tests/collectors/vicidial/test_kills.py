"""Against a real MariaDB that a dialer fills and rewrites: kills of both in between change nothing.

What the log says at the end is what SQL's own GROUP BY says.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from streams.catalogue import Options
from streams.engine import Engine
from streams.log import START
from streams.pipeline import Pipeline
from streams.query import window_rows
from tests.collectors.vicidial.polled import CLOCK, PolledBench, grouped
from tests.collectors.vicidial.simulator import CAMPAIGNS, Dialer
from tests.mariadb import MariaDb

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("mariadb")]

NINE_S = 1_759_993_200
"""2025-10-09 09:00:00 in Berlin."""


def work_with_kills(tmp_path: Path, database: MariaDb, kills: int, seed: int) -> tuple[PolledBench, Dialer]:
    """A morning of dialling in which collector and database are killed so often each, at random moments."""
    chance = random.Random(seed)
    dialer = Dialer(seed, NINE_S)
    bench = PolledBench(tmp_path, database, NINE_S)
    rounds = 4 * kills
    of_database = set(chance.sample(range(rounds), kills))
    of_collector = set(chance.sample(range(rounds), kills))
    for round_ in range(rounds):
        with database.connect() as connection, connection.cursor() as cursor:
            dialer.work(cursor, 240, 60)
        bench.now_ms = max(bench.now_ms, dialer.now_s * 1000)
        if round_ in of_database:
            bench.run.step(bench.now_ms)
            database.kill()
            bench.drain()
            assert "does not answer" in bench.run.trouble
            database.start()
            bench.now_ms += 61_000
        if round_ in of_collector:
            # In the middle of a poll, of which some rows are in the log and others are not.
            bench.run.step(bench.now_ms)
            bench.killed()
        bench.poll()
        bench.poll()
    with database.connect() as connection, connection.cursor() as cursor:
        dialer.end(cursor)
    bench.poll()
    return bench, dialer


def prove(bench: PolledBench, dialer: Dialer, database: MariaDb, kills: int) -> None:
    """Totals, accounting and drop figures are those of the database, then and after the day's close."""
    assert dialer.rewritten > 20
    assert len([line for line in bench.said if "does not answer" in line]) == kills
    as_of_ms = bench.now_ms // 1000 * 1000
    pipeline = Pipeline(Engine(as_of_ms, lambda _: CLOCK, 14_400_000))
    for entry in bench.memory.parts[0].read(START, 1_000_000):
        pipeline.apply(entry.payload)
    rows = window_rows(
        pipeline.readings(), as_of_ms=as_of_ms, day_start=lambda _: NINE_S * 1000, by=("campaign",), windows=("day",)
    )
    by_campaign = {row.by["campaign"]: row for row in rows}
    assert set(by_campaign) == set(CAMPAIGNS)
    for campaign, row in by_campaign.items():
        calls, answers, drops, sales = database.execute(
            "SELECT COUNT(*), SUM(s.human_answered = 'Y'), SUM(l.status IN ('DROP', 'XDROP')), SUM(s.sale = 'Y') "
            "FROM vicidial_log l JOIN vicidial_statuses s ON s.status = l.status WHERE l.campaign_id = %s",
            (campaign,),
        )[0]
        counts = row.sums.counts
        assert (counts["attempts"], counts["dialer_answers"], counts["dialer_drops"], counts["successes"]) == (
            calls,
            answers,
            drops,
            sales,
        )
        # VICIdial rounds to two decimals of a percentage and takes at least one answer.
        ((of_calls, of_answers),) = database.execute(
            "SELECT ROUND(%s / %s * 100, 2), ROUND(%s / GREATEST(%s, 1) * 100, 2)", (drops, calls, drops, answers)
        )
        options = Options()
        ours = row.value("dialer_drop_rate_calls", options), row.value("dialer_drop_rate_answers", options)
        assert [round(100 * float(each.value or 0), 2) for each in ours] == [float(of_calls), float(of_answers)]
    with database.connect() as connection, connection.cursor() as cursor:
        dialer.archive(cursor, NINE_S + 1_800)
        cursor.execute("UPDATE vicidial_log_archive SET status = 'DNC' WHERE status = 'NI'")
        cursor.execute("UPDATE vicidial_log SET status = 'NP' WHERE status = 'B'")
    bench.poll(NINE_S + 22 * 3_600)
    bench.poll()
    assert bench.dispositions() == grouped(database)
    tally = bench.tally()
    assert tally.received == tally.counted + tally.late
    assert tally.late > 0
    assert tally.dead == tally.duplicate == 0


def test_three_kills_of_each(tmp_path: Path, database: MariaDb) -> None:
    bench, dialer = work_with_kills(tmp_path, database, 3, seed=1)
    prove(bench, dialer, database, 3)


@pytest.mark.torture
def test_twenty_kills_of_each(tmp_path: Path, database: MariaDb) -> None:
    bench, dialer = work_with_kills(tmp_path, database, 20, seed=2)
    prove(bench, dialer, database, 20)
