"""Files that are read once: copies are duplicates, packed files are unpacked with a limit, the pace can be kept."""

import gzip
from pathlib import Path

import pytest

from collectors import files
from collectors.contract import SourceTrouble
from streams.records import Arrived
from tests.collectors.bench import NOW_MS, Bench, entry, write


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "data")


def counts(bench: Bench) -> tuple[int, int, int]:
    tally = bench.tally()
    return tally.counted, tally.duplicate, tally.dead


def test_a_copy_is_a_duplicate_also_in_the_next_process(bench: Bench, tmp_path: Path) -> None:
    first, copy = tmp_path / "one", tmp_path / "two.gz"
    write(first, entry(1), entry(2), entry(2))
    copy.write_bytes(gzip.compress(first.read_bytes()))
    bench.replay(first)
    bench.restart()
    bench.replay(copy)
    bench.restart(clean=True)
    bench.replay(first, copy)
    assert counts(bench) == (3, 9, 0)


def test_a_copy_that_grew_brings_what_is_new(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "one"
    write(path, entry(1), entry(2))
    bench.replay(path)
    write(path, entry(3))
    bench.replay(path)
    assert counts(bench) == (3, 2, 0)


def test_two_files_that_begin_alike_are_two_sources(bench: Bench, tmp_path: Path) -> None:
    longer, shorter = tmp_path / "longer", tmp_path / "shorter"
    start = f"{NOW_MS // 1000 - 7_200}|NONE|NONE|NONE|QUEUESTART|"
    write(longer, start, *[entry(number) for number in range(10)])
    write(shorter, start, *[entry(number) for number in range(100, 103)])
    bench.replay(longer, shorter)
    assert counts(bench) == (13, 0, 0)
    bench.replay(shorter, longer)
    assert counts(bench) == (13, 13, 0)


def test_the_followed_file_may_be_replayed(bench: Bench, tmp_path: Path) -> None:
    """Whichever way a line comes first, the other way finds a duplicate."""
    path = tmp_path / "queue_log"
    write(path, entry(1))
    bench.run.follow(path)
    bench.drain()
    write(path, entry(2))
    bench.replay(path)
    write(path, entry(3))
    bench.drain()
    visits = [fact.visit for fact in bench.facts() if isinstance(fact, Arrived)]
    assert len(visits) == len(set(visits)) == 3
    assert bench.tally().counted == 3


def test_a_last_line_without_an_end_counts(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "one"
    write(path, entry(1))
    write(path, entry(2), end="")
    bench.replay(path)
    assert counts(bench) == (2, 0, 0)
    write(path, "", entry(3))
    bench.replay(path)
    assert counts(bench) == (3, 2, 0)


def test_a_line_that_went_on_after_it_was_read_is_no_silent_loss(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "one"
    write(path, entry(1), entry(2)[:-2], end="\n")
    path.write_bytes(path.read_bytes()[:-1])
    bench.replay(path)
    write(path, entry(2)[-2:])
    bench.replay(path)
    assert counts(bench)[2] == 1
    assert "before it was finished" in bench.letters.all()[0].reason


@pytest.mark.parametrize("kept", [30, 200])
def test_a_packed_file_that_breaks_off(bench: Bench, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "one.gz"
    content = "".join(entry(number) + "\n" for number in range(500)).encode()
    path.write_bytes(gzip.compress(content)[:kept])
    bench.replay(path)
    good = tmp_path / "good"
    write(good, entry(1_000))
    bench.replay(good)
    tally = bench.tally()
    assert tally.dead == 1
    assert tally.counted >= 1
    assert "broken" in bench.letters.all()[0].reason


def test_a_packed_file_of_nonsense(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "one.gz"
    path.write_bytes(b"\x1f\x8b" + b"nonsense" * 10)
    bench.replay(path)
    assert counts(bench) == (0, 0, 1)


def test_a_packed_file_that_is_too_large_unpacked(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED_BYTES", 5_000_000)
    path, good = tmp_path / "bomb.gz", tmp_path / "good"
    path.write_bytes(gzip.compress((entry(1) + "\n").encode() + bytes(20_000_000)))
    write(good, entry(2))
    bench.replay(path, good)
    assert counts(bench) == (2, 0, 1)
    assert "unpack and split it" in bench.letters.all()[0].reason or "longer than" in bench.letters.all()[0].reason


def test_a_missing_file_is_refused_before_anything_is_read(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "one"
    write(path, entry(1))
    with pytest.raises(SourceTrouble, match="there is no such file"):
        bench.run.replay([path, tmp_path / "two"])
    bench.drain()
    assert bench.tally().received == 0


def test_the_pace_is_a_multiple_of_the_recorded_one(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "one"
    write(path, *[entry(number, 1_700_000_000 + 10 * number) for number in range(7)])
    bench.run.replay([path], speed=20)
    seen = []
    for _ in range(7):
        bench.drain()
        seen.append(bench.tally().counted)
        bench.now_ms += 500
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    bench.drain()
    assert not bench.run.replaying


def test_a_paced_replay_beside_a_followed_file(bench: Bench, tmp_path: Path) -> None:
    live, old = tmp_path / "queue_log", tmp_path / "old"
    write(old, *[entry(number, 1_700_000_000 + 10 * number) for number in range(3)])
    write(live, entry(100))
    bench.run.follow(live)
    bench.run.replay([old], speed=10)
    for number in range(101, 104):
        bench.drain()
        write(live, entry(number))
        bench.now_ms += 1_000
    bench.drain()
    assert counts(bench) == (7, 0, 0)
    assert len({fact.visit for fact in bench.facts() if isinstance(fact, Arrived)}) == 7


def test_nothing_is_late_in_a_replay(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data", closes_at=lambda _, event_ms: event_ms)
    write(tmp_path / "one", entry(1))
    bench.replay(tmp_path / "one")
    assert bench.tally().late == 0
    assert bench.tally().counted == 1


def test_another_process_may_ask_for_it(bench: Bench, tmp_path: Path) -> None:
    from collectors.requests import Requests

    path = tmp_path / "one"
    write(path, entry(1))
    wishes = Requests(bench.folder, "feed")
    good = wishes.ask("replay", NOW_MS, [str(path)])
    bad = wishes.ask("replay", NOW_MS + 1, [str(tmp_path / "nowhere")])
    for _ in range(4):
        bench.now_ms += 1_000
        bench.drain()
    assert wishes.answer_to(good) == {"trouble": "", "sequence": 1}
    answer = wishes.answer_to(bad)
    assert answer is not None
    assert "no such file" in str(answer["trouble"])
    assert counts(bench) == (1, 0, 0)
