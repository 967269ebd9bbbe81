"""The drop folder: complete files only, each once, whatever happens in between."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from collectors.orders.collector import read_options
from streams.records import Ordered
from tests.collectors.bench import Bench

HEADER = "order;time;cancels;project;campaign;hotline;revenue;currency"


def rows(*numbers: int) -> str:
    return "".join(f"{number};2025-10-09 10:00:00;;P;;q;1.00;EUR\n" for number in numbers)


def put(folder: Path, name: str, text: str, checksum: str | None = "right") -> Path:
    path = folder / name
    path.write_text(text)
    if checksum is not None:
        stated = hashlib.sha256(text.encode()).hexdigest() if checksum == "right" else checksum
        (folder / f"{name}.sha256").write_text(f"{stated}  {name}\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "orders"
    path.mkdir()
    return path


def bench_of(tmp_path: Path, folder: Path, **options: object) -> Bench:
    bench = Bench(tmp_path / "data", "orders", options)
    bench.run.read_from(read_options(options).folder_source(folder))
    return bench


def look(bench: Bench) -> None:
    """Time passes, and all that is there is read."""
    bench.now_ms += 2_000
    bench.drain()


def orders(bench: Bench) -> int:
    return len({fact.order for fact in bench.facts() if isinstance(fact, Ordered)})


def test_a_file_is_read_once_it_is_complete(tmp_path: Path, folder: Path) -> None:
    bench = bench_of(tmp_path, folder)
    (folder / "a.csv.part").write_text(f"{HEADER}\n{rows(1)}")
    put(folder, "b.csv", f"{HEADER}\n{rows(2)}", checksum=None)
    look(bench)
    assert orders(bench) == 0
    put(folder, "b.csv", f"{HEADER}\n{rows(2)}")
    look(bench)
    assert orders(bench) == 1
    assert not bench.run.trouble
    put(folder, "a.csv", f"{HEADER}\n{rows(1, 3)}".rstrip())  # the last line has no end
    look(bench)
    assert orders(bench) == 3
    assert bench.tally().received == bench.tally().counted == 3


def test_a_file_that_does_not_agree_is_told_and_not_read_and_the_others_go_on(tmp_path: Path, folder: Path) -> None:
    bench = bench_of(tmp_path, folder)
    put(folder, "a.csv", f"{HEADER}\n{rows(1)}", checksum="0" * 64)
    put(folder, "b.csv", f"{HEADER}\n{rows(2)}")
    look(bench)
    look(bench)
    assert orders(bench) == 1
    assert "a.csv: does not agree with its checksum" in bench.run.trouble
    put(folder, "a.csv", f"{HEADER}\n{rows(1)}")
    look(bench)
    look(bench)
    assert orders(bench) == 2
    assert not bench.run.trouble


def test_a_file_that_is_sent_again_or_renamed_is_not_read_twice(tmp_path: Path, folder: Path) -> None:
    bench = bench_of(tmp_path, folder)
    text = f"{HEADER}\n{rows(1, 2)}"
    put(folder, "a.csv", text)
    look(bench)
    (folder / "a.csv").rename(folder / "c.csv")
    (folder / "a.csv.sha256").rename(folder / "c.csv.sha256")
    put(folder, "again.csv", text)
    look(bench)
    bench.restart().read_from(read_options({}).folder_source(folder))
    look(bench)
    assert bench.tally().received == bench.tally().counted == 2


def test_without_checksums_the_name_is_enough(tmp_path: Path, folder: Path) -> None:
    bench = bench_of(tmp_path, folder, checksums=False)
    put(folder, "a.csv", f"{HEADER}\n{rows(1)}", checksum=None)
    look(bench)
    assert orders(bench) == 1


def test_killed_in_the_middle_of_a_file_it_goes_on_there(tmp_path: Path, folder: Path) -> None:
    bench = bench_of(tmp_path, folder)
    put(folder, "a.csv", f"{HEADER}\n{rows(*range(5_000))}")
    bench.now_ms += 2_000
    bench.run.step(bench.now_ms)
    assert 0 < orders(bench) < 5_000
    bench.restart().read_from(read_options({}).folder_source(folder))
    look(bench)
    assert orders(bench) == 5_000
    assert bench.tally().received == bench.tally().counted == 5_000


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, tmp_path / "nowhere")
    look(bench)
    assert "nowhere: No such file or directory" in bench.run.trouble
