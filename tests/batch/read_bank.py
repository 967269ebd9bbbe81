"""The bank's call-by-call file becomes visits, row by row, as contract section 5 says."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.batch.visits import Door, Reading, Visit

ZONE = ZoneInfo("Asia/Jerusalem")
HALF_A_DAY = timedelta(hours=12)


def read_bank(path: Path) -> Reading:
    """All rows of the file. The header is not counted as received."""
    reading = Reading()
    lines = path.read_bytes().decode("ascii").split("\r\n")
    names = lines[0].split("\t")
    for line in lines[1:]:
        if line == "":
            continue
        reading.received += 1
        read_row(dict(zip(names, line.split("\t"), strict=True)), reading)
    return reading


def read_row(row: dict[str, str], reading: Reading) -> None:
    """Adds what one row means to `reading`."""
    if row["outcome"] == "PHANTOM":
        reading.skip("phantom")
        return
    queued = not (row["q_start"] == "0:00:00" and row["q_exit"] == "0:00:00")
    served = not (row["ser_start"] == "0:00:00" and row["ser_exit"] == "0:00:00")

    if row["outcome"] == "HANG" and not queued:
        reading.doors.append(Door(row["type"], clock_ms(row, "vru_exit"), "ivr_abandon"))
        return

    if queued:
        visit = Visit(row["type"], clock_ms(row, "q_start"))
        end_ms = clock_ms(row, "q_exit")
    else:
        visit = Visit(row["type"], clock_ms(row, "ser_start" if served else "vru_exit"))
        end_ms = visit.arrival_ms
    reading.visits.append(visit)

    if row["outcome"] == "HANG":
        visit.end("abandoned", end_ms)
        return
    assert row["outcome"] == "AGENT", row
    visit.end("answered", end_ms)
    assert visit.end_ms is not None
    visit.agent = "" if row["server"] == "NO_SERVER" else row["server"]
    if served:
        visit.talk_ms = clock_ms(row, "ser_exit") - clock_ms(row, "ser_start")
        visit.talk_end_ms = max(clock_ms(row, "ser_exit"), visit.end_ms)


def clock_ms(row: dict[str, str], name: str) -> int:
    """The clock time in this column as UTC milliseconds; more than 12 h before vru_entry means the next day."""
    wall = wall_clock(row, name)
    if wall < wall_clock(row, "vru_entry") - HALF_A_DAY:
        wall += timedelta(days=1)
    return int(wall.replace(tzinfo=ZONE).timestamp()) * 1000


def wall_clock(row: dict[str, str], name: str) -> datetime:
    """The clock time in this column on the row's own date, without a zone."""
    return datetime.strptime(row["date"] + " " + row[name], "%y%m%d %H:%M:%S")  # noqa: DTZ007 - the zone comes later
