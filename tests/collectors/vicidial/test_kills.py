"""Against a real MariaDB that a dialer fills and rewrites: kills of both in between change nothing.

What the log says at the end is what SQL's own GROUP BY says.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from streams.catalogue import Options
from streams.engine import Engine
from streams.log import START
from streams.pipeline import Pipeline
from streams.query import window_rows
from streams.records import Work
from tests.collectors.vicidial.polled import CLOCK, PolledBench, grouped
from tests.collectors.vicidial.rounds import Agents
from tests.collectors.vicidial.simulator import CAMPAIGNS, Dialer, wall
from tests.mariadb import MariaDb

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("mariadb")]

NINE_S = 1_759_993_200
"""2025-10-09 09:00:00 in Berlin."""


TABLE = "vicidial_agent_log"
_SECONDS = "SELECT SUM(pause_sec), SUM(wait_sec), SUM(talk_sec - dead_sec), SUM(dispo_sec + dead_sec) FROM {0}"
"""As the dialer's own reports have it: dead time is part of the talk. To us it is after-call work."""


def work_with_kills(tmp_path: Path, database: MariaDb, kills: int, seed: int) -> tuple[PolledBench, Dialer, Agents]:
    """A morning of dialling in which collector and database are killed so often each, at random moments."""
    chance = random.Random(seed)
    dialer, agents = Dialer(seed, NINE_S), Agents(seed, CAMPAIGNS)
    database.execute("INSERT INTO vicidial_lists (list_id, campaign_id, active) VALUES (101, 'WINBACK', 'Y')")
    database.execute("INSERT INTO vicidial_list (list_id, status) VALUES (101, 'NEW')")
    bench = PolledBench(tmp_path, database, NINE_S, list_seconds=10)
    rounds = 4 * kills
    of_database = set(chance.sample(range(rounds), kills))
    of_collector = set(chance.sample(range(rounds), kills))
    for round_ in range(rounds):
        with database.connect() as connection, connection.cursor() as cursor:
            agents.work(cursor, dialer.now_s, dialer.now_s + 240)
            dialer.work(cursor, 240, 60)
            if round_ % 2:
                _promise(cursor, chance, dialer.now_s)
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
        agents.end(cursor)
    # Who leaves does so within a minute, and the stock is counted again.
    bench.poll(bench.now_ms // 1000 + 300)
    return bench, dialer, agents


def _promise(cursor: Any, chance: random.Random, now_s: int) -> None:
    """A callback is promised, and the dialer comes to an older one, or it is made."""
    cursor.execute(
        "INSERT INTO vicidial_callbacks (lead_id, list_id, campaign_id, status, callback_time) "
        "VALUES (1, 101, 'WINBACK', 'ACTIVE', %s)",
        (wall(now_s + chance.randrange(-3_000, 3_000)),),
    )
    cursor.execute(
        "UPDATE vicidial_callbacks SET status = %s ORDER BY callback_time, callback_id LIMIT 1",
        (chance.choice(("LIVE", "INACTIVE")),),
    )


def prove(bench: PolledBench, dialer: Dialer, agents: Agents, database: MariaDb, kills: int) -> None:
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
    assert agents.corrected > kills
    (total,) = window_rows(
        pipeline.readings(), as_of_ms=as_of_ms, day_start=lambda _: NINE_S * 1000, by=(), windows=("day",)
    )
    of_agents = [total.sums.counts[f"agents_{state}_ms"] for state in ("pause", "available", "outbound", "acw")]
    assert of_agents == [1000 * int(seconds) for seconds in database.execute(_SECONDS.format(TABLE))[0]]
    assert total.sums["agents_logged_in"] == total.sums["agents_ringing_ms"] == 0
    local = f"'{wall(bench.now_ms // 1000)}'"
    promised = database.execute(
        f"SELECT COUNT(*), SUM(callback_time <= {local}), SUM(callback_time <= {local} - INTERVAL 900 SECOND) "
        "FROM vicidial_callbacks WHERE status IN ('ACTIVE', 'LIVE')"
    )[0]
    names = ("list_callbacks", "list_callbacks_due", "list_callbacks_overdue")
    assert tuple(total.sums.counts[name] for name in names) == tuple(int(number) for number in promised)
    assert promised[0] > 1
    with database.connect() as connection, connection.cursor() as cursor:
        dialer.archive(cursor, NINE_S + 1_800)
        agents.archive(cursor, NINE_S + 1_800)
        cursor.execute(
            "UPDATE vicidial_agent_log_archive SET talk_sec = talk_sec + 1 WHERE status = 'NI' AND dead_epoch IS NULL"
        )
        cursor.execute("UPDATE vicidial_log_archive SET status = 'DNC' WHERE status = 'NI'")
        cursor.execute("UPDATE vicidial_log SET status = 'NP' WHERE status = 'B'")
    bench.poll(NINE_S + 22 * 3_600)
    bench.poll()
    assert bench.dispositions() == grouped(database)
    talked_ms = 0
    for told in bench.rounds().values():
        at_ms = {fact.work: fact.at_ms for fact in reversed(told)}
        talked_ms += at_ms[Work.TALKED] - at_ms[Work.DIALLED] if Work.DIALLED in at_ms else 0
    archived = database.execute(_SECONDS.format(f"{TABLE}_archive"))[0][2]
    assert talked_ms == 1000 * int(archived + database.execute(_SECONDS.format(TABLE))[0][2])
    tally = bench.tally()
    assert tally.received == tally.counted + tally.late
    assert tally.late > 0
    assert tally.dead == tally.duplicate == 0


def test_three_kills_of_each(tmp_path: Path, database: MariaDb) -> None:
    prove(*work_with_kills(tmp_path, database, 3, seed=1), database, 3)


@pytest.mark.torture
def test_twenty_kills_of_each(tmp_path: Path, database: MariaDb) -> None:
    prove(*work_with_kills(tmp_path, database, 20, seed=2), database, 20)
