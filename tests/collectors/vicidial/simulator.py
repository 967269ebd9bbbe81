"""A dialer at work in a real database: it writes attempts, rewrites their dispositions, and moves old rows away."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.collectors.vicidial.schema import DEFAULT_STATUSES

CAMPAIGNS = ("WINBACK", "UPSELL", "SURVEY")
FINAL = [status for status in DEFAULT_STATUSES if status not in ("NEW", "QUEUE", "INCALL")]
_COLUMNS = (
    "uniqueid, lead_id, list_id, campaign_id, call_date, start_epoch, end_epoch, length_in_sec, status, user, "
    "term_reason"
)
INSERT = f"INSERT INTO vicidial_log ({_COLUMNS}) VALUES ({', '.join(['%s'] * 11)})"


def wall(at_s: int, zone: str = "Europe/Berlin") -> str:
    """The local time that the dialer writes for an instant."""
    return datetime.fromtimestamp(at_s, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def attempt(
    number: int,
    at_s: int,
    status: str = "NA",
    campaign: str = "WINBACK",
    length_s: int | None = 20,
    lead: int | None = None,
) -> tuple[Any, ...]:
    """One row for `INSERT`."""
    end_s = None if length_s is None else at_s + length_s
    lead = lead if lead is not None else number
    return (f"{at_s}.{number}", lead, 101, campaign, wall(at_s), at_s, end_s, length_s, status, "6001", "NONE")


class Dialer:
    """Writes through `cursor`; the same seed gives the same history."""

    def __init__(self, seed: int, now_s: int) -> None:
        self.now_s = now_s
        self.rewritten = 0
        self._chance = random.Random(seed)
        self._number = 0
        self._talking: list[str] = []

    def work(self, cursor: Any, seconds: int, attempts: int) -> None:
        """Lets `seconds` pass: attempts begin, talks end, a few dispositions are corrected, old rows are moved."""
        begun = []
        for _ in range(attempts):
            self._number += 1
            at_s = self.now_s + self._chance.randrange(seconds)
            talking = self._chance.random() < 0.4
            status = self._chance.choice(("INCALL", "QUEUE")) if talking else self._chance.choice(FINAL)
            row = attempt(
                self._number,
                at_s,
                status,
                self._chance.choice(CAMPAIGNS),
                None if talking else self._chance.randrange(90),
                self._chance.randrange(500),
            )
            begun.append(row)
            if talking:
                self._talking.append(str(row[0]))
        cursor.executemany(INSERT, begun)
        self.now_s += seconds
        self._chance.shuffle(self._talking)
        ended, self._talking = self._talking[: len(self._talking) // 2], self._talking[len(self._talking) // 2 :]
        for key in ended:
            self._dispose(cursor, key)
        for row in self._chance.sample(begun, min(3, len(begun))):
            if str(row[0]) not in self._talking:
                self._dispose(cursor, str(row[0]))

    def end(self, cursor: Any) -> None:
        """Every talk ends."""
        for key in self._talking:
            self._dispose(cursor, key)
        self._talking = []

    def archive(self, cursor: Any, before_s: int) -> None:
        """Moves rows that began earlier to the archive, as VICIdial's nightly script does."""
        cursor.execute(
            "INSERT INTO vicidial_log_archive SELECT * FROM vicidial_log WHERE start_epoch < %s", (before_s,)
        )
        cursor.execute("DELETE FROM vicidial_log WHERE start_epoch < %s", (before_s,))

    def _dispose(self, cursor: Any, key: str) -> None:
        self.rewritten += 1
        cursor.execute(
            "UPDATE vicidial_log SET status = %s, length_in_sec = %s WHERE uniqueid = %s",
            (self._chance.choice(FINAL), self._chance.randrange(5, 600), key),
        )
