"""Polling a real MariaDB: what is read, how often, and what a lost or strange database does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from collectors.contract import SourceTrouble
from collectors.vicidial.connection import Database
from collectors.vicidial.settings import read_settings
from streams.records import Arrived, Ended, Handled
from streams.records_outbound import ListCounted, Told
from tests.collectors.vicidial.polled import PolledBench, grouped
from tests.collectors.vicidial.simulator import INSERT, attempt, wall
from tests.mariadb import MariaDb

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("mariadb")]

NOON_S = 1_760_004_000
"""2025-10-09 12:00:00 in Berlin."""


def insert(database: MariaDb, *rows: tuple[object, ...]) -> None:
    for row in rows:
        database.execute(INSERT, row)


def test_an_unchanged_row_is_not_received_and_a_changed_one_is_an_update(tmp_path: Path, database: MariaDb) -> None:
    insert(database, attempt(1, NOON_S, "INCALL", length_s=None), attempt(2, NOON_S, "NA"))
    bench = PolledBench(tmp_path, database, NOON_S + 60)
    bench.poll()
    assert bench.tally().received == 2
    batches = len(bench.batches())
    for _ in range(3):
        bench.poll()
    bench.killed()
    bench.poll()
    assert bench.tally().received == 2
    assert len([batch for batch in bench.batches() if batch.facts]) == batches
    database.execute("UPDATE vicidial_log SET status = 'SALE', length_in_sec = 95 WHERE status = 'INCALL'")
    database.execute("UPDATE vicidial_log SET comments = 'nothing that is read'")
    bench.poll()
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.duplicate) == (3, 3, 0)
    assert bench.dispositions() == {("WINBACK", "SALE"): 1, ("WINBACK", "NA"): 1}
    (sale,) = [fact for fact in bench.attempts().values() if fact.disposition == "SALE"]
    assert (sale.length_ms, bool(sale.told & Told.SUCCESS)) == (95_000, True)


def test_a_row_that_is_not_final_is_read_long_after_it_left_the_overlap(tmp_path: Path, database: MariaDb) -> None:
    insert(database, attempt(1, NOON_S, "INCALL", length_s=None), attempt(2, NOON_S, "QUEUE", length_s=None))
    bench = PolledBench(tmp_path, database, NOON_S + 1)
    bench.poll()
    insert(database, attempt(3, NOON_S + 7_200))
    bench.poll(NOON_S + 7_260)
    bench.killed()
    database.execute("UPDATE vicidial_log SET status = 'NI' WHERE status = 'INCALL'")
    bench.poll()
    assert bench.dispositions() == {("WINBACK", "NI"): 1, ("WINBACK", "QUEUE"): 1, ("WINBACK", "NA"): 1}


def test_the_day_is_read_again_after_its_close_with_the_archive(tmp_path: Path, database: MariaDb) -> None:
    insert(database, attempt(1, NOON_S, "NI"), attempt(2, NOON_S + 60, "NA"))
    bench = PolledBench(tmp_path, database, NOON_S + 120)
    bench.poll()
    insert(database, attempt(3, NOON_S + 7_200))
    bench.poll(NOON_S + 7_300)
    # A correction in the evening, out of the reach of any poll, and a row that only the archive ever held.
    database.execute("UPDATE vicidial_log SET status = 'SALE' WHERE status = 'NI'")
    insert(database, attempt(4, NOON_S + 300, "DROP"))
    database.execute("INSERT INTO vicidial_log_archive SELECT * FROM vicidial_log WHERE status IN ('SALE', 'DROP')")
    database.execute("DELETE FROM vicidial_log WHERE status IN ('SALE', 'DROP')")
    bench.poll(NOON_S + 17 * 3_600)
    assert bench.tally().received == 3
    bench.poll(NOON_S + 18 * 3_600 + 1)
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.late) == (5, 3, 2)
    assert bench.dispositions() == grouped(database)
    bench.poll()
    bench.poll()
    assert bench.tally().received == 5


def test_rows_of_the_repeated_hour_are_read_when_they_are_written(tmp_path: Path, database: MariaDb) -> None:
    first_pass = int(datetime(2025, 10, 26, 2, 55, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
    insert(database, attempt(1, first_pass))
    bench = PolledBench(tmp_path, database, first_pass + 10)
    bench.poll()
    second_pass = first_pass + 900
    assert wall(second_pass) == "2025-10-26 02:10:00"
    insert(database, attempt(2, second_pass))
    bench.poll(second_pass + 10)
    assert sorted(fact.at_ms // 1000 for fact in bench.attempts().values()) == [first_pass, second_pass]


def test_times_and_statuses_that_nobody_expects(tmp_path: Path, database: MariaDb) -> None:
    database.execute(
        "INSERT INTO vicidial_campaign_statuses (campaign_id, status, sale) VALUES ('UPSELL', 'GOLD', 'Y')"
    )
    zero = ("0000-00-00 00:00:00",)
    with_epoch, without = attempt(3, NOON_S), attempt(4, NOON_S)
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = ''")
        cursor.execute(INSERT, with_epoch[:4] + zero + with_epoch[5:])
        cursor.execute(INSERT, without[:4] + zero + (None, None) + without[7:])
    insert(
        database,
        attempt(1, NOON_S, "GOLD", "UPSELL"),
        attempt(2, NOON_S, "GOLD", "WINBACK"),
        attempt(5, NOON_S + 86_400),
    )
    bench = PolledBench(tmp_path, database, NOON_S + 60)
    for _ in range(3):
        bench.poll()
    bench.killed()
    bench.poll()
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.dead) == (5, 3, 2)
    reasons = sorted(letter.reason for letter in bench.letters.all())
    assert reasons == [
        "call_date '0000-00-00 00:00:00' is no date, and there is no start_epoch",
        "time: in the future",
    ]
    told = {(fact.cell.campaign, fact.disposition): Told(fact.told) for fact in bench.attempts().values()}
    assert Told.SUCCESS in told["UPSELL", "GOLD"]
    assert Told.UNKNOWN not in told["UPSELL", "GOLD"]
    assert told["WINBACK", "GOLD"] == Told.UNKNOWN
    # The day comes on which the row is no more in the future.
    bench.poll(NOON_S + 86_400 + 10)


def test_inbound_groups_become_visits(tmp_path: Path, database: MariaDb) -> None:
    columns = "lead_id, campaign_id, call_date, start_epoch, length_in_sec, status, queue_seconds, user"
    statement = f"INSERT INTO vicidial_closer_log ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    database.execute(statement, (7, "SUPPORT", wall(NOON_S), NOON_S, None, "QUEUE", 0, "VDCL"))
    bench = PolledBench(tmp_path, database, NOON_S + 20)
    bench.poll()
    database.execute(
        "UPDATE vicidial_closer_log SET status = 'SALE', queue_seconds = 12.5, length_in_sec = 100, user = '6001'"
    )
    bench.poll()
    facts = bench.facts()
    visits = {fact.visit for fact in facts if isinstance(fact, Arrived | Ended | Handled)}
    assert len(visits) == 1
    assert [fact.at_ms for fact in facts if isinstance(fact, Ended)] == [NOON_S * 1000 + 12_500]
    assert [fact.talk_ms for fact in facts if isinstance(fact, Handled)] == [87_500]
    assert {fact.cell.hotline for fact in facts if isinstance(fact, Arrived)} == {"SUPPORT"}


def test_a_lost_database_is_one_line_and_no_gap(tmp_path: Path, database: MariaDb) -> None:
    insert(database, attempt(1, NOON_S))
    bench = PolledBench(tmp_path, database, NOON_S + 10)
    bench.poll()
    database.kill()
    try:
        for _ in range(5):
            bench.now_ms += 20_000
            bench.drain()
        assert len(bench.said) == 1
        assert str(database.socket) in bench.said[0]
        assert "does not answer" in bench.run.trouble
        assert bench.batches()[-1].state == "error"
    finally:
        database.start()
    insert(database, attempt(2, NOON_S + 30), attempt(3, NOON_S + 31))
    bench.now_ms += 61_000
    bench.drain()
    assert bench.said[1:] == ["feed feed: reading again"]
    assert len(bench.attempts()) == 3
    bench.now_ms += 10_000
    bench.drain()
    assert bench.batches()[-1].state == "live"


def test_a_schema_that_lacks_a_column_is_named(tmp_path: Path, database: MariaDb) -> None:
    insert(database, attempt(1, NOON_S))
    database.execute("ALTER TABLE vicidial_log DROP COLUMN length_in_sec")
    database.execute("ALTER TABLE vicidial_statuses DROP COLUMN sale")
    bench = PolledBench(tmp_path, database, NOON_S + 10)
    bench.poll()
    assert "vicidial_log.length_in_sec" in bench.run.trouble
    assert "vicidial_statuses.sale" in bench.run.trouble
    assert bench.tally().received == 0
    database.execute("ALTER TABLE vicidial_log ADD COLUMN length_in_sec INT")
    database.execute("ALTER TABLE vicidial_statuses ADD COLUMN sale ENUM('Y','N')")
    bench.poll()
    bench.poll()
    assert bench.run.trouble == ""
    assert len(bench.attempts()) == 1


def test_the_stock_of_the_active_lists(tmp_path: Path, database: MariaDb) -> None:
    """Counted by hand: list 101 of WINBACK has six leads, 102 is not active, a lead is dialled 10 times at most."""
    lists = "INSERT INTO vicidial_lists (list_id, campaign_id, active) VALUES "
    database.execute(lists + "(101, 'WINBACK', 'Y'), (102, 'WINBACK', 'N'), (103, 'UPSELL', 'Y')")
    for list_id, status, called, last in (
        (101, "NEW", 0, None),
        (101, "NA", 3, wall(NOON_S - 7_200)),
        (101, "B", 1, wall(NOON_S - 600)),
        (101, "NA", 10, wall(NOON_S - 7_200)),
        (101, "SALE", 2, wall(NOON_S - 7_200)),
        (101, "DNC", 1, wall(NOON_S - 7_200)),
        (102, "NEW", 0, None),
        (103, "NEW", 0, None),
    ):
        leads = (
            "INSERT INTO vicidial_list (list_id, status, called_count, last_local_call_time) VALUES (%s, %s, %s, %s)"
        )
        database.execute(leads, (list_id, status, called, last))
    database.execute("INSERT INTO vicidial_hopper (list_id, status) VALUES (101, 'READY'), (101, 'INCALL')")
    bench = PolledBench(tmp_path, database, NOON_S)
    bench.poll()
    found = {fact.cell.campaign: fact for fact in bench.facts() if isinstance(fact, ListCounted)}
    assert {fact.cell.family for fact in found.values()} == {"lists"}
    winback = found["WINBACK"]
    assert (winback.leads, winback.touched, winback.attempts, winback.terminal, winback.lost) == (6, 5, 17, 2, 1)
    # Dialable: the new one and the one of two hours ago. Remaining: 10 + 7 + 9 + 0 of the four that are not terminal.
    assert (winback.dialable, winback.remaining_attempts, winback.hopper) == (2, 26, 1)
    assert (found["UPSELL"].leads, found["UPSELL"].remaining_attempts) == (1, 10)
    for seconds in (10, 310, 320):
        bench.poll(NOON_S + seconds)
    bench.killed()
    bench.poll(NOON_S + 330)
    assert bench.tally().received == 2
    database.execute("DELETE FROM vicidial_hopper")
    bench.poll(NOON_S + 650)
    assert bench.tally().received == 3
    assert [fact.hopper for fact in bench.facts() if isinstance(fact, ListCounted)][-1] == 0


def test_nothing_can_be_written(database: MariaDb) -> None:
    """Also where the account itself might."""
    opened = Database(read_settings({"socket": str(database.socket), "user": "root"}))
    try:
        opened.flags()
        with pytest.raises(SourceTrouble, match="READ ONLY"):
            list(opened.read(text("DELETE FROM vicidial_statuses"), 10))
    finally:
        opened.close()
    assert database.execute("SELECT COUNT(*) FROM vicidial_statuses")[0][0] > 0


def test_one_light_statement_for_each_table_and_poll(tmp_path: Path, database: MariaDb) -> None:
    """The database's own log of statements says what it was asked, and how it would answer."""
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(INSERT, [attempt(number, NOON_S - 90_000 + number * 4) for number in range(20_000)])
        cursor.execute(
            "INSERT INTO vicidial_closer_log (lead_id, campaign_id, call_date, start_epoch, status) "
            "SELECT lead_id, 'SUPPORT', call_date, start_epoch, 'SALE' FROM vicidial_log"
        )
        cursor.execute(
            "INSERT INTO vicidial_agent_log (user, event_time, campaign_id, pause_epoch, wait_epoch, status) "
            "SELECT lead_id % 50, call_date, campaign_id, start_epoch, start_epoch, IF(lead_id > 19960, NULL, 'NI') "
            "FROM vicidial_log"
        )
        cursor.execute(
            "INSERT INTO vicidial_user_log (user, event, event_date, event_epoch) "
            "SELECT lead_id % 50, IF(lead_id % 2, 'LOGIN', 'LOGOUT'), call_date, start_epoch FROM vicidial_log"
        )
        cursor.execute("UPDATE vicidial_log SET status = 'INCALL' WHERE lead_id > 19980")
        cursor.execute("ANALYZE TABLE vicidial_log, vicidial_closer_log, vicidial_agent_log, vicidial_user_log")
    bench = PolledBench(tmp_path, database, NOON_S)
    bench.poll()
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL log_output = 'TABLE'")
        cursor.execute("TRUNCATE TABLE mysql.general_log")
        cursor.execute("SET GLOBAL general_log = ON")
        try:
            bench.poll()
        finally:
            cursor.execute("SET GLOBAL general_log = OFF")
        cursor.execute(
            "SELECT argument FROM mysql.general_log WHERE user_host LIKE '%leitstand%' AND command_type = 'Query'"
        )
        asked = [bytes(row[0]).decode() if isinstance(row[0], bytes) else row[0] for row in cursor.fetchall()]
        polled = ("vicidial_log", "vicidial_closer_log", "vicidial_agent_log", "vicidial_user_log")
        for name in (*polled, "vicidial_statuses", "vicidial_campaign_statuses"):
            assert len([each for each in asked if f"FROM {name} " in each.replace("\n", " ") + " "]) == 1, asked
        for name in polled:
            (statement,) = [each for each in asked if f"FROM {name} " in each.replace("\n", " ")]
            cursor.execute(f"EXPLAIN {statement}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                plan = dict(zip(names, row, strict=True))
                if plan["table"] == name:
                    assert plan["key"], plan
                    assert plan["type"] in ("range", "ref", "eq_ref", "const"), plan
                    assert int(plan["rows"]) < 2_000, plan
