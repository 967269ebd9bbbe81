"""From lines to the log: a log that does not answer, saved state, letters that are retried."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from collectors.contract import FeedBusy, Parsed
from collectors.memory import FeedFolder, Remembered
from collectors.requests import Requests
from streams.log import LogFull, LogUnavailable
from streams.records import GivenUp, Handled
from tests.collectors.bench import BANK_LIKE, NOW_MS, Bench, entry, parser_of, write
from tests.collectors.shaky import Killed, shaky_bench


def test_a_log_that_does_not_answer_is_said_once_lost_and_once_back(tmp_path: Path) -> None:
    bench, log = shaky_bench(tmp_path / "data")
    path = tmp_path / "queue_log"
    write(path, entry(1))
    bench.run.follow(path)
    log.plan = [("before", LogUnavailable("connection refused"))] * 5
    for _ in range(40):
        bench.run.step(bench.now_ms)
        bench.now_ms += 500
    assert [text.split(": ", 1)[1][:24] for text in bench.said] == ["log does not answer: try", "the log is back"]
    assert bench.tally().counted == 1
    assert not bench.run.paused


def test_a_full_log_pauses_the_feed_and_says_so(tmp_path: Path) -> None:
    bench, log = shaky_bench(tmp_path / "data")
    path = tmp_path / "queue_log"
    write(path, entry(1))
    bench.run.follow(path)
    log.plan = [("before", LogFull("out of memory"))]
    bench.drain()
    assert "log is full" in bench.run.paused
    assert "pauses" in bench.said[0]
    bench.now_ms += 1_000
    bench.drain()
    assert not bench.run.paused
    assert bench.tally().counted == 1


def test_one_process_collects_a_feed(tmp_path: Path) -> None:
    Bench(tmp_path)
    with pytest.raises(FeedBusy, match="another process"):
        Bench(tmp_path)


def test_the_saved_state_is_only_a_shortcut(tmp_path: Path) -> None:
    """Whether it is there, wrong, or newer than the log, the same lines mean the same."""
    path = tmp_path / "queue_log"
    at = NOW_MS // 1000 - 900
    for fate in ("kept", "gone", "broken", "of another version"):
        bench = Bench(tmp_path / fate)
        bench.run.follow(path)
        write(path, entry(1, at), entry(2, at + 1))
        bench.drain()
        bench.run.close()
        state = tmp_path / fate / "collectors" / "feed" / "parser"
        if fate == "gone":
            state.unlink()
        elif fate == "broken":
            content = bytearray(state.read_bytes())
            content[-1] ^= 1
            state.write_bytes(content)
        elif fate == "of another version":
            with contextlib.closing(FeedFolder(tmp_path / fate, "feed")) as folder:
                folder.remember(Remembered("queue_log", 1, "1", b"\x91\x01"))
        bench.run = bench._new()
        bench.run.follow(path)
        write(path, f"{at + 5}|call.1|q|Anna|CONNECT|5|x|2", f"{at + 65}|call.1|q|Anna|COMPLETEAGENT|5|60|1")
        write(path, f"{at + 70}|NONE|NONE|NONE|QUEUESTART|")
        bench.drain()
        assert [fact.talk_ms for fact in bench.facts() if isinstance(fact, Handled)] == [60_000]
        assert len([fact for fact in bench.facts() if isinstance(fact, GivenUp)]) == 1
        assert bench.tally().conflicts == 0
        path.unlink()


def test_state_ahead_of_the_log_is_ignored(tmp_path: Path) -> None:
    """The log lost its last second in a power cut: what the feed kept beside it must not count for more."""
    bench = Bench(tmp_path / "data")
    path = tmp_path / "queue_log"
    write(path, entry(1))
    bench.replay(path)
    bench.run.close()
    bench.memory.parts[0]._entries.clear()
    bench.memory._bookmarks.clear()
    bench.run = bench._new()
    bench.replay(path)
    assert bench.tally().counted == 1
    assert len(bench.facts()) == 1


class Fixed:
    """A parser whose column was mended: it reads what the true one calls dead."""

    def __init__(self) -> None:
        self.inner = parser_of("queue_log")
        self.header_lines, self.keyed = 0, False

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        return self.inner.parse(line.replace(b"Anna|Bert", b"Anna Bert"), position, now_ms, known)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def test_letters_are_retried_after_a_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench, log = shaky_bench(tmp_path / "data")
    path = tmp_path / "queue_log"
    at = NOW_MS // 1000 - 900
    write(path, entry(1, at), f"{at + 5}|call.1|q|Anna|Bert|CONNECT|5|x|2", "hopeless")
    bench.run.follow(path)
    bench.drain()
    assert bench.run.retry(bench.now_ms) == 0
    assert bench.tally().dead == 2
    monkeypatch.setattr("tests.collectors.bench.parser_of", lambda *_: Fixed())
    log.plan = [("after", Killed())]
    bench.restart().follow(path)
    with pytest.raises(Killed):
        bench.run.retry(bench.now_ms)
    bench.restart().follow(path)
    wish = Requests(bench.folder, "feed").ask("retry", NOW_MS)
    bench.now_ms += 1_000
    bench.drain()
    answer = Requests(bench.folder, "feed").answer_to(wish)
    assert answer is not None
    assert answer["retried"] == 0
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.dead, tally.retried) == (3, 2, 1, 1)
    assert [letter.data for letter in bench.letters.all()] == [b"hopeless"]


def test_a_letter_of_a_file_with_a_header_can_be_retried(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data", "columns")
    path = tmp_path / "calls.csv"
    write(path, "id;line;start;end;wait;outcome;agent")
    write(path, "1;Verkauf;2025-10-08 10:00:00;2025-10-08 10:01:00;5;GONE;-")
    bench.replay(path)
    assert bench.tally().dead == 1
    cases = [*BANK_LIKE["cases"], {"when": {"outcome": "GONE"}, "result": "flow_out", "arrival": "start", "end": "end"}]  # type: ignore[misc]
    bench.options = BANK_LIKE | {"cases": cases}
    bench.restart()
    assert bench.run.retry(bench.now_ms) == 1
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.dead) == (1, 1, 0)
    bench.replay(path)
    assert bench.tally().duplicate == 1


def test_a_fault_in_a_parser_is_a_dead_letter_not_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path / "data")
    true_parse = bench.run._parser.parse

    def stumbles(line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        if b"call.2" in line:
            message = "list index out of range"
            raise IndexError(message)
        return true_parse(line, position, now_ms, known)

    monkeypatch.setattr(bench.run._parser, "parse", stumbles)
    path = tmp_path / "one"
    write(path, entry(1), entry(2), entry(3))
    bench.replay(path)
    tally = bench.tally()
    assert (tally.counted, tally.dead) == (2, 1)
    assert "IndexError" in bench.letters.all()[0].reason
