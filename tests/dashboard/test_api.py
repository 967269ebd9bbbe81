"""GET /api/kpis, /healthz, /readyz: the contract's JSON, every wrong option with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from dashboard.kpi_query import read_query
from streams.log import LogUnavailable
from streams.query import iso
from streams.question import MOST_ROWS, WrongQuestion
from tests.dashboard.centre import NOW_MS, Centre, Past, cells

HOUR = "from=2026-05-28T10:00:00Z&to=2026-05-28T12:00:00Z"


def ask(centre: Centre, query: str, status: int = 200) -> Any:
    answer = centre.signed_in("chefin").get(f"/api/kpis?{query}")
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    return answer.json


def test_live_numbers_come_with_everything_that_the_contract_asks_for(centre: Centre) -> None:
    answer = ask(centre, "by=hotline&window=30m&where=hotline:Partnerlinie")
    assert (answer["as_of"], answer["basis"]) == (iso(NOW_MS), "live")
    (row,) = answer["rows"]
    assert (row["window"], row["by"], row["to"]) == ("30m", {"hotline": "Partnerlinie"}, iso(NOW_MS))
    assert row["counts"]["offered"] == 80
    assert row["counts"]["waiting"] == 2
    assert row["kpis"]["service_level"] == {
        "value": 0.75,
        "n": 80,
        "definition": "SL-Standard T=20 s S=5 s flow-outs count",
    }
    assert row["kpis"]["acw"]["why"] == "not_supplied"


def test_without_options_one_row_for_each_window(centre: Centre) -> None:
    rows = ask(centre, "")["rows"]
    assert [(row["window"], row["by"], row["counts"]["offered"]) for row in rows] == [
        ("30m", {}, 200),
        ("day", {}, 200),
    ]


def test_options_repeat_and_combine(centre: Centre) -> None:
    rows = ask(centre, "by=provider,hotline&window=day&where=provider:Teleo&where=provider:Servio")["rows"]
    assert [row["by"]["provider"] for row in rows] == ["Servio", "Teleo", "Teleo"]
    rows = ask(centre, "where=provider:Teleo&where=hotline:Partnerlinie&window=day")["rows"]
    assert rows[0]["counts"]["offered"] == 40
    assert ask(centre, "by=hotline&by=provider&window=30m") == ask(centre, "by=hotline,provider&window=30m")
    assert ask(centre, "where=provider:Nobody&by=hotline")["rows"] == []


def test_an_instant_is_recounted_from_the_past(centre: Centre) -> None:
    for written in ("2026-05-28T20:00:00Z", "2026-05-28T22:00:00%2B02:00", "2026-05-28T22:00:00+02:00"):
        answer = ask(centre, f"as_of={written}&window=30m&basis=arrival")
        assert (answer["as_of"], answer["basis"]) == ("2026-05-28T20:00:00Z", "arrival")
        assert answer["rows"][0]["counts"]["offered"] == 100


def test_intervals_are_cut_at_the_local_clock(centre: Centre) -> None:
    answer = ask(centre, f"{HOUR}&interval=30m&by=provider")
    rows = [row for row in answer["rows"] if row["by"] == {"provider": "Servio"}]
    assert [(row["interval"], row["from"]) for row in rows][:2] == [
        ("30m", "2026-05-28T10:00:00Z"),
        ("30m", "2026-05-28T10:30:00Z"),
    ]
    assert [row["counts"] for row in rows] == [{"offered": 5}] * 4
    assert answer["basis"] == "arrival"
    days = ask(centre, "from=2026-05-27T20:00:00Z&to=2026-05-28T20:00:00Z&interval=day&zone=America/New_York")["rows"]
    assert [row["from"] for row in days] == ["2026-05-27T20:00:00Z", "2026-05-28T04:00:00Z"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("window=1h", "30m"),
        ("basis=both", "live"),
        ("by=planet", "hotline"),
        ("by=", "hotline"),
        ("where=planet:Mars", "hotline"),
        ("where=provider", "DIM:VALUE"),
        ("as_of=yesterday", "ISO 8601"),
        ("as_of=2026-05-28T20:00:00", "ISO 8601"),
        ("as_of=0001-01-01T00:00:00%2B14:00", "ISO 8601"),
        ("as_of=2026-05-28T20:00:00Z&as_of=2026-05-28T20:00:00Z", "twice"),
        ("colour=red", "colour"),
        ("from=2026-05-28T10:00:00Z", "interval"),
        (f"{HOUR}&interval=5m", "15m"),
        (f"{HOUR}&interval=1h&basis=live", "arrival"),
        (f"{HOUR}&interval=1h&window=day", "window"),
        (f"{HOUR}&interval=1h&zone=Mars/Base", "IANA"),
        (f"{HOUR}&interval=1h&zone=../../etc/passwd", "IANA"),
        ("from=2026-05-28T10:00:00Z&to=2026-05-28T10:00:00Z&interval=1h", "before"),
        ("zone=Europe/Berlin", "interval"),
    ],
)
def test_what_is_asked_wrongly_has_a_reason(query: str, reason: str) -> None:
    with pytest.raises(WrongQuestion, match=reason):
        read_query(parse_qsl(query, keep_blank_values=True))


def test_what_is_asked_wrongly_is_refused(centre: Centre) -> None:
    for query, reason in {
        "window=1h": "30m",
        "by=": "hotline",
        "as_of=2027-05-28T20:00:00Z": "future",
        "from=1970-01-01T00:00:00Z&to=2199-01-01T00:00:00Z&interval=15m": str(MOST_ROWS),
    }.items():
        assert reason in ask(centre, query, 400)["error"]


def test_an_instant_that_is_no_longer_kept(centre: Centre) -> None:
    assert "before the beginning" in ask(centre, "as_of=2020-05-28T20:00:00Z", 404)["error"]


def test_a_log_that_does_not_answer_is_no_fault_of_ours(tmp_path: Path) -> None:
    centre = Centre(tmp_path, with_desk=False, history=unanswered)
    assert ask(centre, "as_of=2026-05-28T20:00:00Z", 503)["error"] == "could not read the log"


def unanswered(as_of_ms: int, *, is_now: bool, billing: bool = False) -> Past:
    message = "could not read the log"
    raise LogUnavailable(message)


def test_healthz_always_and_readyz_only_while_the_numbers_are_fresh(tmp_path: Path) -> None:
    centre = Centre(tmp_path, with_desk=False)
    client = centre.client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (503, False)  # type: ignore[index]
    assert "no live picture" in answer.json["reason"]  # type: ignore[index]
    centre.publish_all()
    centre.clock.pass_seconds(15)
    assert client.get("/readyz").status_code == 200
    centre.clock.pass_seconds(0.001)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert iso(NOW_MS) in answer.json["reason"]  # type: ignore[index]
    assert client.get("/healthz").status_code == 200


def test_before_the_first_picture_configured_hotlines_have_rows(tmp_path: Path) -> None:
    centre = Centre(tmp_path, with_desk=False)
    rows = ask(centre, "by=hotline&window=30m")["rows"]
    assert [row["by"]["hotline"] for row in rows] == sorted({cell.hotline for cell in cells()})
    assert rows[0]["kpis"]["service_level"]["why"] == "empty"
