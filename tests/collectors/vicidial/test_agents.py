"""Agents of a real dialer's database: what their rounds say while they are written, and where nothing may be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.vicidial.parse import VicidialParser
from collectors.vicidial.rows import AgentRow, as_line
from streams.records import Work
from streams.records_outbound import ListCounted
from tests.collectors.bench import parser_of
from tests.collectors.vicidial.polled import PolledBench
from tests.collectors.vicidial.rounds import BEGIN, DISPOSE, HANG_UP, LOGIN, RESUME, TALK
from tests.collectors.vicidial.simulator import wall
from tests.mariadb import DATABASE, MariaDb

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("mariadb")]

NOON_S = 1_760_004_000


def works(bench: PolledBench) -> list[list[tuple[str, int]]]:
    """What stands of every row, with the seconds since noon."""
    return [[(fact.work.name, fact.at_ms // 1000 - NOON_S) for fact in told] for told in bench.rounds().values()]


def test_a_round_is_told_step_by_step_and_a_kill_repeats_nothing(tmp_path: Path, database: MariaDb) -> None:
    database.execute(BEGIN, ("6001", wall(NOON_S), "WINBACK", NOON_S, NOON_S, None))
    bench = PolledBench(tmp_path, database, NOON_S + 1)
    bench.poll()
    assert works(bench) == [[("PAUSED", 0)]]
    for after_s, statement, values in (
        (30, RESUME, (NOON_S + 30, NOON_S + 30, 1)),
        (50, TALK, (NOON_S + 50, NOON_S + 50, 1)),
        # Long after it left the overlap: the row is not final, so it is read by its key.
        (7_000, HANG_UP, (NOON_S + 7_000, NOON_S + 7_000, NOON_S + 7_000, 1)),
        (7_020, DISPOSE, (NOON_S + 7_020, "SALE", 1)),
    ):
        database.execute(statement, values)
        bench.killed()
        bench.poll(NOON_S + after_s + 1)
        bench.poll()
    (round_,) = works(bench)
    assert round_ == [
        ("PAUSED", 0),
        ("UNPAUSED", 30),
        ("DIALLED", 50),
        ("TALKED", 7_000),
        ("WRAPPING", 7_000),
        ("WRAPPING", 7_020),
    ]
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.duplicate) == (5, 5, 0)
    assert len(bench.facts()) == len(round_)
    # What is corrected says all anew, and only that stands.
    database.execute("UPDATE vicidial_agent_log SET talk_sec = 6940, dispo_sec = 30")
    database.execute(BEGIN, ("6001", wall(NOON_S + 7_020), "WINBACK", NOON_S + 7_020, NOON_S + 7_020, "LUNCH"))
    bench.poll()
    corrected = [*round_[:3], ("TALKED", 6_990), ("WRAPPING", 6_990), ("WRAPPING", 7_020)]
    assert works(bench) == [corrected, [("PAUSED", 7_020)]]
    assert len(bench.facts()) == len(round_) + len(corrected) + 1


def test_only_the_last_round_of_an_agent_is_asked_for_by_its_key() -> None:
    """Most pauses never get a status; their rows would fill every statement for a day."""
    parser = parser_of("vicidial")
    assert isinstance(parser, VicidialParser)
    for number in (*range(1, 100), 50):
        user, steps = str(6001 + number % 2), (NOON_S + number, 0, NOON_S + number, 0, None, 0, None, 0, None)
        row = AgentRow(number, user, "WINBACK", wall(NOON_S + number), *steps, "COACH")
        parser.parse(as_line(row), number, NOON_S * 1000 + 900_000)
    assert sorted(parser.progress.open["vicidial_agent_log"]) == ["98", "99"]


def test_who_logs_out_is_gone(tmp_path: Path, database: MariaDb) -> None:
    database.execute(LOGIN, ("6001", "LOGIN", "WINBACK", wall(NOON_S), NOON_S))
    database.execute(LOGIN, ("6001", "LOGOUT", "WINBACK", wall(NOON_S + 60), NOON_S + 60))
    database.execute(LOGIN, ("6001", "MONITOR", "WINBACK", wall(NOON_S + 61), NOON_S + 61))
    bench = PolledBench(tmp_path, database, NOON_S + 90)
    bench.poll()
    assert works(bench) == [[("JOINED", 0)], [("TALKED", 60), ("WRAPPING", 60), ("LEFT", 60)]]
    assert bench.tally().skipped == 0


def test_tables_that_may_not_be_read_are_left_out(tmp_path: Path, database: MariaDb) -> None:
    """A works council may want that nobody sees the agents; an older dialer has no column for dead time."""
    needed = (
        *("vicidial_log", "vicidial_closer_log", "vicidial_statuses", "vicidial_campaign_statuses"),
        *("vicidial_lists", "vicidial_list", "vicidial_hopper"),
    )
    database.execute_as_admin("CREATE USER IF NOT EXISTS narrow@localhost")
    for name in needed:
        database.execute_as_admin(f"GRANT SELECT ON {DATABASE}.{name} TO narrow@localhost")
    database.execute(BEGIN, ("6001", wall(NOON_S), "WINBACK", NOON_S, NOON_S, None))
    bench = PolledBench(tmp_path / "narrow", database, NOON_S + 1, "narrow")
    bench.poll()
    assert (bench.run.trouble, bench.facts()) == ("", [])
    database.execute("ALTER TABLE vicidial_agent_log DROP COLUMN dead_epoch, DROP COLUMN comments")
    bench = PolledBench(tmp_path / "older", database, NOON_S + 1)
    bench.poll()
    assert works(bench) == [[("PAUSED", 0)]]
    assert bench.rounds()[next(iter(bench.rounds()))][0].work is Work.PAUSED
    database.execute("ALTER TABLE vicidial_agent_log DROP COLUMN wait_sec")
    bench = PolledBench(tmp_path / "other", database, NOON_S + 1)
    bench.poll()
    assert "vicidial_agent_log.wait_sec" in bench.run.trouble


def test_the_stock_by_the_dialers_own_rules(tmp_path: Path, database: MariaDb) -> None:
    """Counted by hand: WINBACK dials NEW and NA, and a busy line twice more, ten minutes later."""
    database.execute("INSERT INTO vicidial_lists (list_id, campaign_id, active) VALUES (101, 'WINBACK', 'Y')")
    database.execute("INSERT INTO vicidial_campaigns (campaign_id, dial_statuses) VALUES ('WINBACK', ' NEW NA -')")
    database.execute(
        "INSERT INTO vicidial_lead_recycle (campaign_id, status, attempt_delay, attempt_maximum, active) "
        "VALUES ('WINBACK', 'B', 600, 2, 'Y'), ('WINBACK', 'A', 600, 2, 'N')"
    )
    for status, since_reset, called, last in (
        ("NEW", "N", 0, None),
        ("NA", "N", 3, wall(NOON_S - 60)),
        ("NA", "Y", 3, wall(NOON_S - 7_200)),
        ("B", "Y", 4, wall(NOON_S - 700)),
        ("B", "Y1", 5, wall(NOON_S - 500)),
        ("B", "Y2", 6, wall(NOON_S - 7_200)),
        ("A", "Y", 1, wall(NOON_S - 7_200)),
        ("SALE", "N", 1, wall(NOON_S - 7_200)),
    ):
        database.execute(
            "INSERT INTO vicidial_list (list_id, status, called_since_last_reset, called_count, last_local_call_time) "
            "VALUES (101, %s, %s, %s, %s)",
            (status, since_reset, called, last),
        )
    for status, after_s in (("ACTIVE", 60), ("ACTIVE", -60), ("LIVE", -1_000), ("INACTIVE", -1_000)):
        database.execute(
            "INSERT INTO vicidial_callbacks (list_id, campaign_id, status, callback_time) "
            "VALUES (101, 'WINBACK', %s, %s)",
            (status, wall(NOON_S + after_s)),
        )
    bench = PolledBench(tmp_path, database, NOON_S)
    bench.poll(NOON_S)
    (found,) = [fact for fact in bench.facts() if isinstance(fact, ListCounted)]
    assert (found.leads, found.touched, found.attempts, found.terminal) == (8, 7, 23, 1)
    # Now: the new one, that of the reset list, the busy one of 700 seconds ago. The other busy one may be tried once.
    assert (found.dialable, found.remaining_attempts) == (3, 1 + 1 + 2 + 1)
    assert (found.callbacks, found.callbacks_due, found.callbacks_overdue) == (3, 2, 1)
