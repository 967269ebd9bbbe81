"""The saved state: it goes on exactly, and a file that is not whole is never used."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import msgspec
import pytest

from streams import snapshot
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.pipeline import Pipeline
from streams.snapshot import UnusableSnapshot, content, load, save, take
from tests.streams.histories import counted, history, new_engine

START_MS = 1_783_476_000_000
LATER_MS = START_MS + 3_000_000


def pipeline_with(entries: list[bytes], now_ms: int = LATER_MS) -> Pipeline:
    pipeline = Pipeline(new_engine(now_ms))
    for payload in entries:
        pipeline.apply(payload)
    return pipeline


def entries() -> list[bytes]:
    facts = history(3, START_MS).facts
    tally = Tally(received=1, counted=1)
    return [
        encode(Batch("f", number + 1, START_MS, tally, facts[number::5], START_MS + number, "live", ""))
        for number in range(5)
    ]


def test_a_restored_pipeline_goes_on_as_if_it_had_never_ended(tmp_path: Path) -> None:
    file = tmp_path / "state"
    first, rest = entries()[:3], entries()[3:]
    save(take(pipeline_with(first), "17"), file)
    found = load(file)
    assert found is not None
    assert found.position == "17"
    again = Pipeline(new_engine(0))
    found.restore(again, LATER_MS)
    straight = pipeline_with(entries())
    # Entries read before are read again: the position may lie behind.
    for payload in [first[2], *rest]:
        again.apply(payload)
    for pipeline in (again, straight):
        pipeline.engine.tick(LATER_MS + 600_000)
    assert counted(again.engine) == counted(straight.engine)
    assert counted(again.engine)["day", "live"]["offered"] > 0
    assert {name: asdict_of(report) for name, report in again.feeds.items()} == {
        name: asdict_of(report) for name, report in straight.feeds.items()
    }


def asdict_of(report: msgspec.Struct) -> dict[str, object]:
    return dict(msgspec.structs.asdict(report))


def test_no_file_is_no_snapshot(tmp_path: Path) -> None:
    assert load(tmp_path / "state") is None


def test_saving_again_replaces_the_file(tmp_path: Path) -> None:
    file = tmp_path / "state"
    for position in ("1", "2"):
        save(take(pipeline_with(entries()), position), file)
    found = load(file)
    assert found is not None
    assert found.position == "2"
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state"
    save(take(pipeline_with(entries()), "1"), file)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("streams.snapshot.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(take(pipeline_with(entries()), "2"), file)
    found = load(file)
    assert found is not None
    assert found.position == "1"


def test_any_damage_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "state"
    save(take(pipeline_with(entries()), "1"), file)
    content = file.read_bytes()
    chance = random.Random(2)
    for place in {0, 25, len(content) - 1, *(chance.randrange(len(content)) for _ in range(60))}:
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(UnusableSnapshot, match="checksum"):
            load(file)
    for length in (0, 1, 18, 50, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:length])
        with pytest.raises(UnusableSnapshot):
            load(file)
    file.write_bytes(content + b"\0")
    with pytest.raises(UnusableSnapshot):
        load(file)
    file.write_bytes(content)
    assert load(file) is not None


def test_another_version_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state"
    right = snapshot.VERSION
    monkeypatch.setattr(snapshot, "VERSION", right + 1)
    save(take(pipeline_with(entries()), "1"), file)
    monkeypatch.setattr(snapshot, "VERSION", right)
    with pytest.raises(UnusableSnapshot, match=f"version {right + 1}, this program reads {right}"):
        load(file)


def test_the_file_of_the_first_release_opens(tmp_path: Path) -> None:
    # It put the message together in memory: the same bytes but for the lengths' lengths.
    state = take(pipeline_with(entries()), "9")
    body = msgspec.msgpack.encode(state)
    file = tmp_path / "state"
    file.write_bytes(b"leitstand snapshot\n" + hashlib.blake2b(body, digest_size=32).digest() + body)
    assert load(file) == state


def test_a_state_is_left_alone_by_what_is_counted_later() -> None:
    pipeline = pipeline_with(entries()[:3])
    state = take(pipeline, "3")
    before = b"".join(content(state))
    for payload in entries()[3:]:
        pipeline.apply(payload)
    assert b"".join(content(state)) == before
    assert b"".join(content(take(pipeline, "3"))) != before
