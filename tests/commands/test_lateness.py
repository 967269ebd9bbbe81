"""A line is late when the business day of its own hotline's site was closed, whatever the default site's clock says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from commands import wiring
from streams.days import to_ms
from tests.scenarios.core import Core

QUEUE_LOG = """
[site]
zone = "Europe/Berlin"
[[sites]]
name = "New York"
zone = "America/New_York"
[[sites]]
name = "Tokyo"
zone = "Asia/Tokyo"
[[queues]]
queue = "orders"
site = "New York"
[[queues]]
queue = "claims"
site = "Tokyo"
[feeds.calls]
collector = "queue_log"
path = "queue_log"
"""
COLUMNS = (
    QUEUE_LOG.replace('"queue_log"', '"columns"')
    + """
delimiter = ";"
key = ["id"]
hotline = "line"
times.start.format = "%Y-%m-%d %H:%M:%S"
times.end.format = "%Y-%m-%d %H:%M:%S"
zone = "UTC"
[[feeds.calls.cases]]
when = { outcome = "LOST" }
result = "abandoned"
arrival = "start"
end = "end"
"""
)
# The day of July 7th is closed at 06:00 of July 8th: in Tokyo at 21:00 (UTC) of the 7th, in Berlin at 04:00 and in New
# York at 10:00 of the 8th.
CASES = [
    ("2026-07-07 14:00", "2026-07-07 20:59", {"orders": 0, "claims": 0, "other": 0}),
    ("2026-07-07 14:00", "2026-07-07 21:00", {"orders": 0, "claims": 1, "other": 0}),
    ("2026-07-07 14:00", "2026-07-08 03:59", {"orders": 0, "claims": 1, "other": 0}),
    ("2026-07-07 14:00", "2026-07-08 04:00", {"orders": 0, "claims": 1, "other": 1}),
    ("2026-07-07 14:00", "2026-07-08 10:00", {"orders": 1, "claims": 1, "other": 1}),
]


def instant_ms(text: str) -> int:
    return to_ms(datetime.fromisoformat(f"{text}:00+00:00"))


def tally_of(settings: str, header: str, lines: list[str], read: str, folder: Path) -> tuple[int, int]:
    """How many of these lines, read at this time, are late, and how many are not."""
    file, path = folder / "leitstand.toml", folder / "source"
    file.write_text(settings, encoding="utf-8")
    path.write_text(header, encoding="utf-8")
    core = Core(wiring.read_settings(file), "calls", folder / "data")
    core.follow(path, [(instant_ms(read), line) for line in lines])
    tally = core.tally()
    return tally.late, tally.counted


@pytest.mark.parametrize("queue", ["orders", "claims", "other"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1])
def test_each_line_by_the_clock_of_its_site(case: tuple[str, str, dict[str, int]], queue: str, tmp_path: Path) -> None:
    event, read, late = case
    at_s = instant_ms(event) // 1000
    lines = [f"{at_s}|1|{queue}|NONE|ENTERQUEUE||", f"{at_s + 5}|1|{queue}|NONE|ABANDON|1|1|5"]
    expected = (2, 0) if late[queue] else (0, 2)
    assert tally_of(QUEUE_LOG, "", lines, read, tmp_path) == expected


@pytest.mark.parametrize("queue", ["orders", "claims", "other"])
def test_rows_of_a_table_too(queue: str, tmp_path: Path) -> None:
    row = f"1;{queue};2026-07-07 14:00:00;2026-07-07 14:00:05;LOST"
    late = int(queue != "orders")
    came = tally_of(COLUMNS, "id;line;start;end;outcome\n", [row], "2026-07-08 04:00", tmp_path)
    assert came == (late, 1 - late)
