"""The real bank's calls through the real commands, against the answers computed elsewhere."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commands import storing, wiring
from streams.asof import pipelines_at
from streams.days import to_ms
from streams.query import document
from streams.question import answer_windows, question
from tests.batch.samples import sample
from tests.commands.calling import EXAMPLES, Place

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("bank")]
ZONE = ZoneInfo("Asia/Jerusalem")
ROWS = 25_890


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(sample("oracles/bank_expected.json").read_text())
    return answer


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(EXAMPLES / "anonymous-bank" / "leitstand.toml", tmp_path_factory.mktemp("bank"))
    done = place.call("replay", "bank", sample("data/acd-anonymous-bank/calls_1999-02-01_21.tsv"))
    assert done.returncode == 0, done.stderr
    return place


def test_every_line_is_accounted_for(bank: Place, expected: dict[str, Any]) -> None:
    (feed,) = bank.json("feeds")["feeds"]
    assert feed["feed"] == "bank"
    assert feed["received"] == expected["rows"] == ROWS
    assert feed["counted"] == expected["visits"] + expected["ivr_abandon"]
    assert feed["skip_reasons"] == expected["skipped"]
    assert (feed["dead"], feed["duplicate"], feed["late"]) == (0, 0, 0)
    assert feed["state"] == "off"
    assert bank.json("dead", "list") == {"dead": []}


def test_all_instants_windows_bases_and_hotlines(bank: Place, expected: dict[str, Any]) -> None:
    """All 15 instants read from the same log; two of them also by the command itself."""
    settings = wiring.read_settings(bank.config)
    clock_of, options = wiring.clock_of(settings), wiring.kpi_options(settings)
    compared = 0
    with storing.storage(settings, bank.data) as storage:
        for instant, rows in expected["at"].items():
            as_of_ms = to_ms(datetime.fromisoformat(instant).replace(tzinfo=ZONE))
            readings = pipelines_at(storage.log.parts, as_of_ms, clock_of)[0].engine.readings()
            for basis in ("live", "arrival"):
                for by in (("hotline",), ()):
                    asked = question(basis=basis, by=by)
                    cells = wiring.configured_cells(settings)
                    answer = answer_windows(asked, readings, as_of_ms, clock_of, cells)
                    for row in document(as_of_ms, basis, answer, options)["rows"]:
                        key = f"{row['by'].get('hotline', '*')}|{row['window']}|{basis}"
                        compared += compare(row, rows[key], f"{instant} {key}")
    assert compared == len(expected["at"]) * 7 * 4


@pytest.mark.parametrize("basis", ["live", "arrival"])
def test_the_command_says_the_same(bank: Place, expected: dict[str, Any], basis: str) -> None:
    for instant in ("1999-02-10T23:59:30", "1999-02-11T00:00:30"):
        as_of = datetime.fromisoformat(instant).replace(tzinfo=ZONE).isoformat()
        for row in bank.json("kpis", "--as-of", as_of, "--basis", basis, "--by", "hotline")["rows"]:
            key = f"{row['by']['hotline']}|{row['window']}|{basis}"
            compare(row, expected["at"][instant][key], f"{instant} {key}")


def compare(row: dict[str, Any], right: dict[str, Any], where: str) -> int:
    assert {name: value for name, value in row["counts"].items() if value} == right["counts"], where
    for name, value in right["kpis"].items():
        came = row["kpis"][name]["value"]
        assert came == (None if value is None else pytest.approx(value, abs=1e-9)), f"{where} {name}"
    return 1


def test_replaying_again_gives_duplicates_and_no_double_counts(bank: Place) -> None:
    before = bank.json("kpis", "--as-of", "1999-02-14T12:00:01+02:00", "--by", "hotline")
    file = sample("data/acd-anonymous-bank/calls_1999-02-01_21.tsv")
    assert bank.call("replay", "bank", file).returncode == 0
    (feed,) = bank.json("feeds")["feeds"]
    assert (feed["received"], feed["duplicate"]) == (2 * ROWS, ROWS - 221)
    assert bank.json("kpis", "--as-of", "1999-02-14T12:00:01+02:00", "--by", "hotline") == before


def test_an_instant_before_the_log_is_refused(bank: Place) -> None:
    done = bank.call("kpis", "--as-of", "1998-12-31T12:00:00Z", "--json")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "before the beginning of the log" in done.stderr
