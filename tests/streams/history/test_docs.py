"""The examples of docs/history.md run as they stand there, and say what Leitstand says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from streams.history import fact_rows, record_rows
from streams.history.closing import close_days
from streams.history.files_arrow import ArrowFiles
from streams.history.history import History
from streams.history.late import LATE_SCHEMA
from streams.history.months import merge_month
from streams.log import START
from streams.past import Past
from tests.streams.history.stories import (
    CALENDAR,
    DAY_MS,
    START_MS,
    batches,
    day_of_calls,
    log_of,
    owner,
    take_all,
    with_calls,
)

DOCUMENT = (Path(__file__).parents[3] / "docs" / "history.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
NOW_MS = START_MS + 4 * DAY_MS


@pytest.fixture(params=["a file a day", "a month in one file"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A history of two closed days on disk."""
    writer = owner(History(ArrowFiles(tmp_path)))
    writer.start()
    take_all(writer, log_of(*batches([*day_of_calls(0).facts, *day_of_calls(1).facts])), START)
    writer.flush(NOW_MS)
    assert len(with_calls(close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1))) == 2
    if request.param == "a month in one file":
        over_ms = NOW_MS + 40 * DAY_MS
        month = merge_month(writer, CALENDAR, over_ms)
        assert month is not None
        assert month.days == ("2026-07-07", "2026-07-08")
        writer.remove_replaced(over_ms + 600_000)
    return tmp_path


def offered(folder: Path, counter: str) -> dict[str, int]:
    past = Past([log_of()], History(ArrowFiles(folder)), CALENDAR, NOW_MS)
    counted = past.by_interval([START_MS, START_MS + 2 * DAY_MS])
    return {cell.hotline: rows[0][counter] for cell, rows in counted.items()}


def run(example: str, folder: Path) -> dict[str, Any]:
    printed: list[Any] = []
    names: dict[str, Any] = {"history": str(folder), "print": printed.append}
    exec(example, names)
    return {**names, "printed": printed}


def test_pandas(folder: Path) -> None:
    names = run(EXAMPLES[0], folder)
    assert names["sums"]["answered"].to_dict() == offered(folder, "answered")
    assert (names["sums"]["asa_seconds"] > 0).all()


def test_duckdb(folder: Path) -> None:
    (relation,) = run(EXAMPLES[1], folder)["printed"]
    rows = relation.fetchall()
    came = {hotline: sum(row[2] for row in rows if row[0] == hotline) for hotline in "AB"}
    assert came == offered(folder, "offered")
    assert len(rows) > 4


def test_every_column_is_described() -> None:
    described = set(re.findall(r"`(\w+)`", DOCUMENT))
    columns = {*record_rows.SCHEMA.names, *LATE_SCHEMA.names, *fact_rows.SCHEMA.names}
    from streams.counters import COUNTERS

    assert columns - set(COUNTERS) <= described
