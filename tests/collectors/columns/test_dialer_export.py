"""Dialer exports by a column map: the real file that the example reads, and the rules in small."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from collectors.contract import BadOptions
from collectors.registry import COLLECTORS
from streams.records import Attempted, Told
from tests.collectors.bench import Bench, parser_of, write

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data" / "dialer-uci-bank"
real_file = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not on this machine")

MAP: dict[str, object] = {
    "campaign": "camp",
    "attempts": "tries",
    "lead": ["id"],
    "undated": "2025-10-01",
    "times": {"at": {"format": "%Y-%m-%d %H:%M:%S"}},
    "cases": [
        {"when": {"result": "sold", "at": ""}, "result": "success"},
        {"when": {"result": "sold"}, "result": "success", "at": "at"},
        {"when": {"result": "dropped"}, "result": "dropped_live", "at": "at"},
        {"when": {"result": "nobody"}, "result": "no_contact", "at": "at"},
    ],
}
HEADER = "id,camp,tries,at,result"


def example(**changes: object) -> dict[str, object]:
    """The options of the example's feed."""
    text = (ROOT / "config" / "examples" / "dialer-export" / "leitstand.toml").read_text("utf-8")
    feed = tomllib.loads(text)["feeds"]["export"]
    return {key: value for key, value in feed.items() if key not in ("collector", "path", "supplies")} | changes


def attempts(bench: Bench) -> list[Attempted]:
    return [fact for fact in bench.facts() if isinstance(fact, Attempted)]


@real_file
@pytest.mark.parametrize(("name", "wrapped"), [("bank-additional.csv", False), ("bank-additional.mangled.csv", True)])
def test_the_real_file(tmp_path: Path, name: str, wrapped: bool) -> None:
    bench = Bench(tmp_path, "columns", example(wrapped=wrapped))
    bench.replay(DATA / name)
    found = attempts(bench)
    assert (len(found), bench.tally().dead) == (4_119, 0)
    assert sum(fact.count for fact in found) == 10_451
    assert sum(bool(fact.told & Told.SUCCESS) for fact in found) == 451
    assert all(fact.told & Told.UNDATED for fact in found)
    assert max(fact.count for fact in found) == 35
    assert round(sum(fact.length_ms for fact in found) / len(found) / 1000, 2) == 256.79
    bench.replay(DATA / name)
    assert (bench.tally().counted, bench.tally().duplicate) == (4_119, 4_119)


@real_file
@pytest.mark.parametrize(("name", "wrapped"), [("bank-additional.csv", True), ("bank-additional.mangled.csv", False)])
def test_the_real_file_is_never_half_read(tmp_path: Path, name: str, wrapped: bool) -> None:
    bench = Bench(tmp_path, "columns", example(wrapped=wrapped))
    bench.replay(DATA / name)
    tally = bench.tally()
    assert (tally.counted, tally.received) == (0, tally.dead)
    assert tally.dead >= 4_119
    says = "the map says that every line is" if wrapped else "write wrapped = true to read it"
    assert says in bench.run.trouble


def test_counts_dates_and_results(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data", "columns", MAP)
    path = tmp_path / "export.csv"
    rows = [
        "7,A,3,2025-10-08 10:00:00,sold",
        "8,A,1,,sold",
        "7,B,1,2025-10-08 11:00:00,dropped",
        "9,B,0,2025-10-08 11:00:00,nobody",
        "9,B,1.5,2025-10-08 11:00:00,nobody",
        "9,B,,2025-10-08 11:00:00,nobody",
        "9,B,1,,nobody",
        "9,B,2,2025-10-08 11:00:00,nobody",
        "9,B,2,2025-10-08 11:00:00,nobody",
    ]
    write(path, HEADER, *rows)
    bench.replay(path)
    found = attempts(bench)
    assert [(fact.cell.campaign, fact.count, Told(fact.told)) for fact in found] == [
        ("A", 3, Told.HUMAN | Told.RIGHT_PARTY | Told.SUCCESS | Told.TERMINAL),
        ("A", 1, Told.HUMAN | Told.RIGHT_PARTY | Told.SUCCESS | Told.TERMINAL | Told.UNDATED),
        ("B", 1, Told.DROPPED),
        ("B", 2, Told.NOTHING),
        ("B", 2, Told.NOTHING),
    ]
    assert found[1].at_ms == 1_759_269_600_000  # midnight of the undated day in Berlin
    assert found[0].lead == found[2].lead != found[1].lead
    assert found[3].attempt != found[4].attempt  # two equal lines in one file are two lines
    assert bench.tally().dead == 4


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"campaign": ""}, "campaign"),
        ({"campaign_name": "both"}, "campaign"),
        ({"undated": ""}, "undated"),
        ({"undated": "2025-13-01"}, "undated"),
        ({"wrapped": True, "quote": ""}, "wrapped"),
        ({"cases": [{"when": {}, "result": "answered", "arrival": "at", "end": "at"}]}, "hotline"),
    ],
)
def test_faults_in_the_map_are_named(change: dict[str, object], key: str) -> None:
    with pytest.raises(BadOptions) as caught:
        COLLECTORS["columns"].read_options({**MAP, **change})
    assert key in [fault.place[0] for fault in caught.value.faults]


def test_a_map_of_attempts_needs_no_key() -> None:
    assert not parser_of("columns", MAP).keyed
    assert parser_of("columns", {**MAP, "key": ["id", "camp"]}).keyed
