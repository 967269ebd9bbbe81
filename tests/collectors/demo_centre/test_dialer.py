"""The simulated dialer: the same rows for the same seed, sensible ones, and the story of its campaigns."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from collectors.demo_centre import BACKFILL_MS
from collectors.demo_centre.campaigns import CAMPAIGNS
from collectors.demo_centre.dialer import Dialer
from collectors.demo_centre.dialer_file import DialerFile

START_MS = 1_780_000_123_456
DAY_MS = (START_MS - 3_600_000) // 60_000 * 60_000
SEED = 3
FEW = [replace(campaign, leads=(300, 200)) for campaign in CAMPAIGNS]
"""The same campaigns with fewer leads, which are made and written more quickly."""
HUMAN = ("SALE", "INTV", "NI", "CALLBK", "NP", "DNC")
KEPT = (
    "vicidial_log",
    "vicidial_agent_log",
    "vicidial_user_log",
    "vicidial_list",
    "vicidial_callbacks",
    "vicidial_lists",
)


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in KEPT}


def written(path: Path, *until_ms: int) -> dict[str, list[tuple[object, ...]]]:
    """What stands in the file after it was written up to these instants; the last of them is written for certain."""
    file = DialerFile(path, SEED, DAY_MS, 3_600_000, FEW)
    file.make()
    for at_ms in until_ms:
        file.advance(at_ms)
    file.close()
    return contents(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    return written(tmp_path_factory.mktemp("dialer") / "dialer.sqlite", START_MS + 600_000)


def test_however_the_time_is_cut_the_rows_are_the_same(
    tmp_path: Path, whole: dict[str, list[tuple[object, ...]]]
) -> None:
    steps = [START_MS - 1_800_000, *range(START_MS, START_MS + 600_000, 7_300), START_MS + 600_000]
    assert written(tmp_path / "dialer.sqlite", *steps) == whole


def test_killed_and_begun_a_minute_later_it_goes_on_as_if_it_had_never_stopped(
    tmp_path: Path, whole: dict[str, list[tuple[object, ...]]]
) -> None:
    path = tmp_path / "dialer.sqlite"
    before = written(path, START_MS, START_MS + 60_000)
    talking = {row[0] for row in before["vicidial_log"] if row[8] == "INCALL"}
    assert talking
    again = DialerFile(path, SEED, DAY_MS + 60_000, 3_600_000, FEW)
    again.make()
    again.advance(START_MS + 600_000)
    again.close()
    after = contents(path)
    assert after == whole
    assert {row[0] for row in before["vicidial_log"]} < {row[0] for row in after["vicidial_log"]}
    assert {row[8] for row in after["vicidial_log"] if row[0] in talking} <= {*HUMAN, "A"}


def test_a_reader_who_holds_the_file_makes_it_wait_and_lose_nothing(
    tmp_path: Path, whole: dict[str, list[tuple[object, ...]]]
) -> None:
    path = tmp_path / "dialer.sqlite"
    file = DialerFile(path, SEED, DAY_MS, 3_600_000, FEW)
    file.make()
    file.advance(START_MS)
    with closing(sqlite3.connect(path)) as reader:
        cursor = reader.execute("SELECT * FROM vicidial_log")
        assert cursor.fetchone()
        held = len(cursor.fetchmany(1_000_000)) + 1
        cursor = reader.execute("SELECT * FROM vicidial_log")
        assert cursor.fetchone()
        file.advance(START_MS + 300_000)
        assert len(cursor.fetchall()) + 1 == held
    file.advance(START_MS + 600_000)
    file.close()
    assert contents(path) == whole


def test_nobody_talks_twice_at_once_and_every_talk_stands_in_both_logs(
    whole: dict[str, list[tuple[object, ...]]],
) -> None:
    rounds: dict[object, list[tuple[int, int]]] = {}
    talks: dict[object, object] = {}
    for row in whole["vicidial_agent_log"]:
        begin, *lasts = (int(str(row[place])) for place in (5, 6, 8, 10, 12))
        rounds.setdefault(row[1], []).append((begin, begin + sum(lasts)))
        if row[9] is not None:
            talks[row[15]] = row[1]
    for of_user in rounds.values():
        assert all(end <= begin for (_, end), (begin, _) in pairwise(sorted(of_user)))
    attempts = {row[0]: row for row in whole["vicidial_log"]}
    assert {key: row[9] for key, row in attempts.items() if row[9] != "VDAD"} == talks


@pytest.mark.parametrize("seed", [SEED, 4711, 99])
def test_the_story_of_the_three_campaigns(seed: int) -> None:
    rows = Dialer(seed, DAY_MS, DAY_MS + BACKFILL_MS).advance(DAY_MS + BACKFILL_MS)["vicidial_log"]
    winback, renewal, survey = (campaign.name for campaign in CAMPAIGNS)

    def share(name: str, status: tuple[str, ...], of: tuple[str, ...], since_minutes: int, until_minutes: int) -> float:
        begin, end = ((DAY_MS + BACKFILL_MS) // 1000 + minutes * 60 for minutes in (since_minutes, until_minutes))
        found = Counter(row[8] for row in rows if row[3] == name and begin <= int(str(row[5])) < end)
        assert sum(found[each] for each in of) > 50
        return sum(found[each] for each in status) / sum(found[each] for each in of)

    sold = ("SALE", "INTV")
    before, slump = share(winback, sold, HUMAN, -300, -120), share(winback, sold, HUMAN, -120, 0)
    assert 0 < slump < before / 3
    assert share(renewal, sold, HUMAN, -30, 0) > 0.05
    drops = {name: share(name, ("DROP",), ("DROP", *HUMAN), -300, 0) for name in (winback, renewal, survey)}
    assert 0.024 < drops[survey] < 0.03
    assert max(drops[winback], drops[renewal]) < 0.02
