"""The forty bad inputs, over every registered collector.

The law for all: received = counted + duplicate + late + dead + skipped, exactly; the feed lives; the next good line
counts; memory stays small.
"""

from __future__ import annotations

import gzip
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collectors import files
from collectors.registry import COLLECTORS
from streams.batch import Tally
from streams.records import Arrived, Ordered, Rostered, TrunkCounted
from tests.collectors.bad_lines import BAD_INPUTS, IN_TESTS_OF_THEIR_OWN
from tests.collectors.bench import OPTIONS, Bench, write
from tests.collectors.dialects import DIALECTS, Dialect, name_of

DAY_MS = 86_400_000
COLUMNS = ("counted", "duplicate", "late", "dead", "skipped", "conflicts")


every_collector = pytest.mark.parametrize("kind", COLLECTORS)


def next_morning(_: str, event_ms: int) -> int:
    """When the UTC day of an instant is closed."""
    return (event_ms // DAY_MS + 1) * DAY_MS + 6 * 3_600_000


def bench_of(folder: Path, kind: str) -> tuple[Bench, Dialect, Path]:
    """A feed that follows a file of this collector, with its header and one good line read."""
    bench, dialect, path = Bench(folder / "data", kind, closes_at=next_morning), DIALECTS[kind], folder / "source"
    write(path, *([dialect.header] if dialect.header else []), dialect.line(1))
    bench.run.follow(path)
    bench.drain()
    assert bench.tally().counted == 1
    return bench, dialect, path


def became(bench: Bench, good_lines: int) -> dict[str, int]:
    """What the tally says of everything but the good lines."""
    tally: Tally = bench.tally()
    found = {name: getattr(tally, name) for name in COLUMNS}
    found["counted"] -= good_lines
    return {name: count for name, count in found.items() if count}


def test_every_input_is_somewhere() -> None:
    assert set(BAD_INPUTS) | IN_TESTS_OF_THEIR_OWN == set(range(1, 41))
    assert set(DIALECTS) == set(COLLECTORS)


@every_collector
@pytest.mark.parametrize("number", BAD_INPUTS, ids=lambda number: f"{number}-{BAD_INPUTS[number].name}")
def test_bad_line(tmp_path: Path, kind: str, number: int) -> None:
    bad = BAD_INPUTS[number]
    expected = bad.but.get(kind, bad.expected)
    if isinstance(expected, str):
        pytest.skip(f"cannot apply to {kind}: {expected}")
    bench, dialect, path = bench_of(tmp_path, kind)
    began = time.process_time()
    content = bad.make(dialect)
    write(path, *content, dialect.line(2))
    bench.drain()
    assert became(bench, 2) == expected, [letter.reason for letter in bench.letters.all()]
    assert time.process_time() - began < 5
    kept = {letter.data for letter in bench.letters.all()}
    assert len(bench.letters.all()) == bench.tally().dead
    whole = b"\n".join(each if isinstance(each, bytes) else each.encode() for each in content)
    assert all(data in whole for data in kept)
    assert not any("\n" in text or "\r" in text for text in bench.said)


@every_collector
def test_6_byte_order_mark(tmp_path: Path, kind: str) -> None:
    bench, dialect, path = Bench(tmp_path / "data", kind), DIALECTS[kind], tmp_path / "source"
    lines = "\r\n".join([*([dialect.header] if dialect.header else []), dialect.line(1), dialect.line(2), ""])
    path.write_bytes(b"\xef\xbb\xbf" + lines.encode())
    bench.replay(path)
    assert became(bench, 2) == {}


@pytest.mark.parametrize("kind", [kind for kind in COLLECTORS if kind not in ("vicidial", "ics")])
def test_8_latin_1_as_configured(tmp_path: Path, kind: str) -> None:
    options = {**OPTIONS.get(kind, {}), "encoding": "latin-1"}
    bench = Bench(tmp_path / "data", kind, options)
    dialect, path = DIALECTS[kind], tmp_path / "source"
    write(path, *([dialect.header] if dialect.header else []), dialect.line(1, queue="Kündigung").encode("latin-1"))
    bench.replay(path)
    assert became(bench, 1) == {}
    hotlines = [
        fact.cell.hotline for fact in bench.facts() if isinstance(fact, Arrived | Ordered | TrunkCounted | Rostered)
    ]
    assert hotlines == ["Kündigung"]


@every_collector
def test_9_a_file_in_utf_16(tmp_path: Path, kind: str) -> None:
    bench, dialect, good = Bench(tmp_path / "data", kind), DIALECTS[kind], tmp_path / "good"
    for encoding in ("utf-16-le", "utf-16-be"):
        mark = "\ufeff".encode(encoding)
        text = "".join(f"{dialect.line(number)}\n" for number in range(10, 13))
        (tmp_path / encoding).write_bytes(mark + text.encode(encoding))
    write(good, *([dialect.header] if dialect.header else []), dialect.line(1))
    bench.replay(tmp_path / "utf-16-le", tmp_path / "utf-16-be", good)
    tally = bench.tally()
    assert tally.counted == 1
    assert tally.received == 1 + tally.dead
    assert tally.dead >= 6
    assert {letter.reason for letter in bench.letters.all()} == {"the file is UTF-16: write it as UTF-8"}


@every_collector
@pytest.mark.parametrize("megabytes", [1, 100])
def test_32_a_very_long_line(tmp_path: Path, kind: str, megabytes: int) -> None:
    bench, dialect, path = bench_of(tmp_path, kind)
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(b"x" * 5_000)
        file.truncate(file.tell() + megabytes * 1_048_576)
        file.seek(0, os.SEEK_END)
        file.write(f"\n{dialect.line(2)}\n".encode())
    bench.drain()
    assert became(bench, 2) == {"dead": 1}
    (letter,) = bench.letters.all()
    assert letter.data == b"x" * 4_096
    assert not letter.whole
    assert "longer than 1048576" in letter.reason


@every_collector
def test_32_memory_at_a_line_of_a_gigabyte(tmp_path: Path, kind: str) -> None:
    """In a process of its own, whose largest size before and after is compared."""
    out = subprocess.run(
        [sys.executable, "-m", "tests.collectors.long_line", kind, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    counted, dead, grown_kb = map(int, out.stdout.split())
    assert (counted, dead) == (2, 1)
    assert grown_kb < 64 * 1024


@every_collector
def test_33_rotation(tmp_path: Path, kind: str) -> None:
    bench, dialect, path = bench_of(tmp_path, kind)
    header = [dialect.header] if dialect.header else []
    write(path, dialect.line(2)[:20], end="")
    bench.drain()
    write(path, dialect.line(2)[20:])
    path.rename(tmp_path / "source.1")
    write(path, *header, dialect.line(3))
    bench.settle()
    write(path, dialect.line(4))
    shutil.copy2(path, tmp_path / "source.2")
    os.truncate(path, 0)
    write(path, *header, dialect.line(5), dialect.line(6))
    bench.settle()
    assert became(bench, 6) == {}
    names = [name_of(fact) for fact in bench.facts() if name_of(fact)]
    assert len(names) == len(set(names)) == 6


@every_collector
@pytest.mark.parametrize("what", ["shorter", "folder", "pipe", "circle"])
def test_34_the_file_is_replaced_by_something_else(tmp_path: Path, kind: str, what: str) -> None:
    bench, dialect, path = bench_of(tmp_path, kind)
    header = [dialect.header] if dialect.header else []
    if what == "shorter":
        os.truncate(path, 7)
        bench.drain()
    else:
        path.unlink()
        {"folder": os.mkdir, "pipe": os.mkfifo, "circle": lambda at: os.symlink(at, at)}[what](path)
    bench.settle()
    if what != "shorter":
        assert bench.run.trouble
        bench.now_ms += 10_000
        bench.drain()
        assert bench.batches()[-1].state == "error"
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    write(path, *header, dialect.line(2))
    bench.settle()
    assert became(bench, 2) == {}
    assert not bench.run.trouble


@every_collector
def test_35_packed_files(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED_BYTES", 10_000_000)
    bench, dialect = Bench(tmp_path / "data", kind), DIALECTS[kind]
    header = f"{dialect.header}\n" if dialect.header else ""
    begin = (header + dialect.line(1) + "\n").encode()
    bomb, broken, good = tmp_path / "bomb.gz", tmp_path / "broken.gz", tmp_path / "good.gz"
    bomb.write_bytes(gzip.compress(begin + bytes(30_000_000)))
    broken.write_bytes(
        gzip.compress((header + dialect.line(2) + "\n").encode() + random.Random(35).randbytes(50_000))[:-20_000]
    )
    good.write_bytes(gzip.compress((header + dialect.line(3) + "\n").encode()))
    bench.replay(bomb, broken, good)
    tally = bench.tally()
    assert tally.counted == 3
    assert tally.balanced
    reasons = [letter.reason for letter in bench.letters.all()]
    assert any("broken" in reason for reason in reasons)


class TestColumnsChange:
    """Input 37, for whatever has columns: never a silent shift."""

    HEADER = "id;line;start;end;wait;outcome;agent"
    ROW = "{n};q;2025-10-09 10:00:00;2025-10-09 10:00:00;0;LOST;-"

    def run(self, tmp_path: Path, *lines: str) -> Bench:
        bench = Bench(tmp_path / "data", "columns")
        path = tmp_path / "calls.csv"
        write(path, *lines)
        bench.run.follow(path)
        bench.drain()
        return bench

    def test_added_and_reordered(self, tmp_path: Path) -> None:
        bench = self.run(
            tmp_path,
            "new;agent;outcome;wait;end;start;line;id",
            "x;-;LOST;0;2025-10-09 10:00:00;2025-10-09 10:00:00;q;1",
        )
        assert became(bench, 1) == {}

    @pytest.mark.parametrize(
        ("header", "says"),
        [
            ("id;line;start;end;outcome;agent", "wait missing"),
            (HEADER.replace(";", ","), "missing"),
            (HEADER + ";wait", "wait twice"),
        ],
        ids=["removed", "another delimiter", "named twice"],
    )
    def test_a_header_that_does_not_fit(self, tmp_path: Path, header: str, says: str) -> None:
        bench = self.run(tmp_path, header, self.ROW.format(n=1), self.ROW.format(n=2))
        assert became(bench, 0) == {"dead": 3}
        assert bench.run.trouble.startswith("columns changed")
        assert says in bench.batches()[-1].message
        bench.now_ms += 10_000
        bench.drain()
        assert bench.batches()[-1].state == "error"
        write(tmp_path / "calls.csv", self.HEADER, self.ROW.format(n=3))
        bench.drain()
        assert became(bench, 1) == {"dead": 3, "skipped": 1}
        assert not bench.run.trouble

    def test_repeated_in_the_middle_also_after_a_restart(self, tmp_path: Path) -> None:
        bench = self.run(tmp_path, self.HEADER, self.ROW.format(n=1), "line;id;start;end;wait;outcome;agent")
        bench.restart().follow(tmp_path / "calls.csv")
        write(tmp_path / "calls.csv", "q;2;2025-10-09 10:00:00;2025-10-09 10:00:00;0;LOST;-", self.HEADER)
        bench.drain()
        bench.restart().follow(tmp_path / "calls.csv")
        write(tmp_path / "calls.csv", self.ROW.format(n=3))
        bench.drain()
        assert became(bench, 3) == {"skipped": 2}
        assert {fact.cell.hotline for fact in bench.facts() if isinstance(fact, Arrived)} == {"q"}


@every_collector
def test_a_thousand_strange_lines(tmp_path: Path, kind: str) -> None:
    """Good lines with bytes changed at random: whatever they mean, each is accounted for."""
    chance = random.Random(40)
    bench, dialect, path = bench_of(tmp_path, kind)
    strange = []
    for number in range(1_000):
        line = bytearray(dialect.line(1_000 + number).encode())
        for _ in range(chance.randrange(1, 4)):
            line[chance.randrange(len(line))] = chance.randrange(256)
        strange.append(bytes(line))
    write(path, *strange, dialect.line(2))
    bench.drain()
    tally = bench.tally()
    assert tally.received == 2 + sum(line.count(b"\n") + 1 for line in strange)
    assert tally.dead > 100
    assert any(name_of(fact) for fact in bench.batches()[-1].facts)
    assert not any("fault in the collector" in letter.reason for letter in bench.letters.all())
