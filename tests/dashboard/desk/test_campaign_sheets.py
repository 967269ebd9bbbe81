"""The sheets of a campaign."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.desk import campaign_sheets
from dashboard.desk.period import Period, read_period
from dashboard.desk.sheet import Drawn
from dashboard.desk.table import Missing
from dashboard.wording.desk_pages import desk_words
from streams.catalogue import Options
from streams.days import SiteClock, to_ms
from streams.query import Row
from streams.reading import Sums

BERLIN = SiteClock("Europe/Berlin")
NOW_MS = to_ms(datetime(2026, 11, 24, 10, 37, tzinfo=UTC))


def drawn(kind: str = "day") -> Drawn:
    return Drawn(period(kind), desk_words("de"), Options(), limit=0.03)


def period(kind: str) -> Period:
    return read_period({"period": kind, "date": "2026-11-17"}, BERLIN, NOW_MS)


def row(number: int, kind: str = "day", **counts: int) -> Row:
    start_ms = period(kind).from_ms + number * 900_000
    return Row({}, "15m", start_ms, start_ms + 900_000, Sums(counts, families={"outbound"}), ())


def test_attempts_contacts_and_successes_lie_in_each_other() -> None:
    sheet = campaign_sheets.attempts([row(0, attempts=9, human_contacts=3, successes=1), row(1)], drawn())
    assert sheet.table.rows == (("00:00", 9, 3, 1), ("00:15", 0, 0, 0))
    assert sheet.chart is not None
    assert [trace["y"] for trace in sheet.chart["data"]] == [[9, 0], [3, 0], [1, 0]]
    assert sheet.chart["layout"]["barmode"] == "overlay"


def test_no_chart_begins_with_the_night_but_the_table_does() -> None:
    sheet = campaign_sheets.attempts([row(0), row(1), row(2, attempts=1), row(3)], drawn())
    assert sheet.chart is not None
    assert sheet.chart["data"][0]["y"] == [1, 0]
    assert sheet.chart["layout"]["xaxis"]["ticktext"] == ["00:30", "00:45"]
    assert len(sheet.table.rows) == 4


def test_within_a_day_the_drop_rate_is_of_all_since_the_begin() -> None:
    rows = [row(0, dropped_live=1, human_contacts=9), row(1, human_contacts=30), row(2, human_contacts=60)]
    sheet = campaign_sheets.drops(rows, drawn())
    assert [line[1] for line in sheet.table.rows] == [1 / 10, 1 / 40, 1 / 100]
    assert [line[2] for line in sheet.table.rows] == [1, 0, 0]
    assert sheet.chart is not None
    assert sheet.chart["data"][0]["marker"]["color"] == ["--bad", "--bar", "--bar"]
    assert sheet.chart["layout"]["shapes"][1]["y0"] == 0.03


def test_of_days_each_has_its_own_drop_rate() -> None:
    rows = [row(0, "week", dropped_live=1, human_contacts=9), row(96, "week", human_contacts=30)]
    assert [line[1] for line in campaign_sheets.drops(rows, drawn("week")).table.rows] == [0.1, 0.0]


def test_just_the_limit_is_kept() -> None:
    sheet = campaign_sheets.drops([row(0, dropped_live=3, human_contacts=97)], drawn())
    assert sheet.chart is not None
    assert sheet.chart["data"][0]["marker"]["color"] == ["--bar"]


def test_what_no_feed_supplies_is_not_zero() -> None:
    unknown = Row({}, "total", 0, 1, Sums(), ())
    line = campaign_sheets.figures(unknown, None, drawn()).table.rows[0]
    assert set(line[1:]) == {Missing("not_supplied")}
    assert campaign_sheets.stock(None, drawn()).table.rows[0][1] == Missing("empty")
