"""Dead letters: kept once, capped, expired, private, and readable after a torn write."""

import base64
import json
import stat
from pathlib import Path

from collectors.deadletters import DeadLetters, Letter, as_json
from tests.collectors.bench import NOW_MS

DAY_MS = 86_400_000


def letter(position: int, at_ms: int = NOW_MS, feed: str = "feed", reason: str = "bad") -> Letter:
    return Letter(feed, "queue_log", "ab12", position, at_ms, reason, b"\xff\x00 line")


def test_a_letter_written_twice_is_one(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    letters.write("feed", [letter(1), letter(2)], 1)
    DeadLetters(tmp_path).write("feed", [letter(2, NOW_MS + DAY_MS), letter(3)], 1)
    assert [each.position for each in DeadLetters(tmp_path).all()] == [1, 2, 3]


def test_the_document_is_exact(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    letters.write("a/b", [letter(7, feed="a/b")], 1)
    (found,) = json.loads(as_json(letters.all("a/b")))["dead"]
    assert found == {
        "id": letter(7, feed="a/b").id,
        "feed": "a/b",
        "source": "queue_log",
        "position": 7,
        "at": "2025-10-09T08:53:20Z",
        "reason": "bad",
        "bytes_base64": base64.b64encode(b"\xff\x00 line").decode(),
    }
    assert letters.get(found["id"]) == letter(7, feed="a/b")
    assert letters.get("nothing") is None


def test_over_the_cap_letters_are_counted_once_and_not_kept(tmp_path: Path) -> None:
    for _ in range(2):
        letters = DeadLetters(tmp_path, cap=3)
        letters.write("feed", [letter(number) for number in range(10)], sequence=5)
    assert len(letters.all()) == 3
    assert letters.not_kept("feed") == 7


def test_removed_letters_stay_away(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    letters.write("feed", [letter(1), letter(2)], 1)
    letters.remove("feed", [letter(1).id, "unknown"], NOW_MS)
    assert [each.position for each in DeadLetters(tmp_path).all()] == [2]


def test_letters_expire_after_their_days(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    letters.write("feed", [letter(1, NOW_MS - 15 * DAY_MS)], 1)
    letters.write("feed", [letter(2, NOW_MS - 14 * DAY_MS)], 2)
    letters.expire(NOW_MS, days=14)
    assert [each.position for each in letters.all()] == [2]


def test_a_torn_write_costs_only_itself(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    letters.write("feed", [letter(1), letter(2)], 1)
    (path,) = tmp_path.glob("feed/*.jsonl")
    path.write_bytes(path.read_bytes()[:-9])
    again = DeadLetters(tmp_path)
    again.write("feed", [letter(2), letter(3)], 1)
    assert [each.position for each in DeadLetters(tmp_path).all()] == [1, 2, 3]


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    DeadLetters(tmp_path / "dead").write("feed", [letter(1)], 1)
    (path,) = tmp_path.glob("dead/feed/*.jsonl")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
