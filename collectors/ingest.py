"""One feed from its lines to the log: every line is parsed, counted once, and appended together with its place.

The place and the number of each batch travel in the same append as its facts. After a crash at any point the feed
goes on behind the last line that is in the log; what the parser knew is learned again from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from collectors.contract import Parser, SourceTrouble
from collectors.deadletters import DeadLetters
from collectors.follow import Follow
from collectors.marks import Mark
from collectors.memory import FeedFolder, Remembered
from collectors.reading import Lines, Pace
from collectors.replay import Replay
from collectors.requests import Request, Requests
from collectors.restore import restore
from collectors.sources import Source
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.log import START, EventLog, LogFull, LogUnavailable
from streams.records import Fact

BATCH_LINES = 2_000
HEARTBEAT_MS = 10_000
REMEMBER_MS = 600_000
REQUESTS_MS = 500
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 100, 5_000
_FORGET_BATCHES = 64


class _Pending(NamedTuple):
    """A batch on its way: it is in the log, or will be, exactly once."""

    sequence: int
    payload: bytes
    bookmark: dict[str, bytes]
    tally: Tally
    marks: tuple[Mark, ...]
    retried: tuple[str, ...]


class FeedRun:
    """Collects one feed. Call `step` again and again: it returns False when there is nothing to do for now.

    `closes_at(event_ms)` = when the business day of an instant is closed; `report` gets one line when something is
    lost and one when it is back. `tally` counts what this run brought into the log.
    """

    def __init__(
        self,
        feed: str,
        kind: str,
        parser: Parser,
        log: EventLog,
        data: Path,
        letters: DeadLetters,
        closes_at: Callable[[int], int],
        report: Callable[[str], None],
        heartbeat_ms: int = HEARTBEAT_MS,
    ) -> None:
        self.feed = feed
        self.tally = Tally()
        self.sequence = 0
        self.trouble = ""
        self.replay_trouble = ""
        self._kind = kind
        self._parser = parser
        self._log = log
        self._letters = letters
        self._report = report
        self._heartbeat_ms = heartbeat_ms
        self._folder = FeedFolder(data, feed)
        self._requests = Requests(data, feed)
        self._lines = Lines(feed, parser, closes_at)
        self._known: dict[bytes, Mark] = {}
        self._marks: dict[str, Mark] = {}
        self._live: tuple[Path, str] | None = None
        self._sources: dict[str, Source] = {}
        self._request: Request | None = None
        self._asked_ms = 0
        self._pending: _Pending | None = None
        self._started = False
        self._log_trouble = ""
        self._log_position = START
        self._pause_ms = 0
        self._not_before_ms = 0
        self._appended_ms = 0
        self._remembered_ms = 0

    def follow(self, path: Path, rotated: str = "") -> None:
        """Reads this file and whatever is written to it. `rotated` = glob of its rotated forms in the same folder."""
        self._live = (path, rotated)
        self._sources.pop("live", None)

    def replay(self, paths: Sequence[Path], speed: float = 0.0) -> None:
        """Reads these files once, in this order; speed 0: as fast as it goes, else times the recorded pace.

        Raises `SourceTrouble` when one of them cannot be opened, then none is read.
        """
        source = Replay(paths, self._parser.header_lines, self._parser.keyed, self._known.get)
        self._sources["replay"] = source
        self.replay_trouble = ""
        self._lines.pace = Pace(speed) if speed > 0 else None

    @property
    def replaying(self) -> bool:
        """True until every line of the files given to `replay` is in the log."""
        return "replay" in self._sources or self._pending is not None or self._lines.held is not None

    def close(self) -> None:
        """Ends the run. What is not in the log yet is read again next time."""
        if self._started and self._pending is None:
            self._remember(self._appended_ms)
        for source in self._sources.values():
            source.close()
        self._folder.close()

    def step(self, now_ms: int) -> bool:
        """Brings the next batch into the log. False: nothing to do for now, or waiting for the log."""
        if now_ms < self._not_before_ms:
            return False
        try:
            if not self._started:
                self._start(now_ms)
            if self._pending is not None:
                self._settle(now_ms)
            if self._log_trouble:
                self._report(f"feed {self.feed}: the log is back")
            self._log_trouble, self._pause_ms = "", 0
            return self._collect(now_ms)
        except (LogUnavailable, LogFull) as error:
            self._pause_ms = min(max(2 * self._pause_ms, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
            self._not_before_ms = now_ms + self._pause_ms
            full = isinstance(error, LogFull)
            trouble = "log is full: the feed pauses" if full else "log does not answer: trying again"
            if trouble != self._log_trouble:
                self._report(f"feed {self.feed}: {trouble} ({error})")
            self._log_trouble = trouble
            return False

    @property
    def paused(self) -> str:
        """Why nothing can be written to the log now; empty when it can."""
        return self._log_trouble

    def _start(self, now_ms: int) -> None:
        bookmark = self._log.bookmark(self.feed)
        self.sequence = int(bookmark.get("sequence", b"0"))
        self._known.update({mark.identity: mark for mark in self._folder.marks() if mark.sequence <= self.sequence})
        for role in ("live", "replay"):
            if role in bookmark:
                self._marks[role] = mark = msgspec.msgpack.decode(bookmark[role], type=Mark)
                self._note(mark)
        retried = msgspec.msgpack.decode(bookmark.get("retried", b"\x90"), type=list[str])
        self._letters.remove(self.feed, retried, now_ms)
        self._log_position = restore(
            self.feed, self._kind, self._parser, self.sequence, self._log, self._folder, self._report
        )
        self._parser.forget(now_ms)
        self._remembered_ms = self._appended_ms = now_ms
        self._started = True

    def _collect(self, now_ms: int) -> bool:
        self._take_request(now_ms)
        if self._live is not None and "live" not in self._sources:
            path, rotated = self._live
            self._sources["live"] = Follow(
                path,
                rotated,
                self._parser.header_lines,
                self._parser.keyed,
                self._known.get,
                self._marks.get("live"),
            )
        busy = [self._read(role, now_ms) for role in ("replay", "live") if role in self._sources]
        if not any(busy) and now_ms - self._appended_ms >= self._heartbeat_ms:
            self._append(now_ms, Tally(), [], None, {})
        if now_ms - self._remembered_ms >= REMEMBER_MS:
            self._remember(now_ms)
        return any(busy)

    def _read(self, role: str, now_ms: int) -> bool:
        source = self._sources[role]
        chunk = self._lines.held if role == "replay" else None
        if chunk is None:
            try:
                chunk = source.read(BATCH_LINES, now_ms)
            except SourceTrouble as error:
                if role == "replay":
                    self._end_replay(str(error))
                else:
                    self._say(str(error))
                return False
            if role == "live":
                self._say(self._lines.trouble)
            if chunk is None:
                if source.ended:
                    self._end_replay()
                return False
        read = self._lines.take(chunk, now_ms, source.live)
        self._say(self._lines.trouble)
        if not read.lines:
            return not chunk.lines
        mark = msgspec.structs.replace(chunk.before.advanced(read.lines), note=read.note, read_ms=now_ms)
        self._letters.write(self.feed, read.letters, self.sequence + 1)
        self._append(now_ms, read.tally, read.facts, read.last_event_ms, {role: mark})
        if self.sequence % _FORGET_BATCHES == 0:
            self._parser.forget(now_ms)
        return True

    def _append(
        self,
        now_ms: int,
        tally: Tally,
        facts: list[Fact],
        last_event_ms: int | None,
        marks: dict[str, Mark],
        retried: Sequence[str] = (),
    ) -> None:
        sequence = self.sequence + 1
        state = "error" if self.trouble else "live"
        batch = Batch(self.feed, sequence, now_ms, tally, facts, last_event_ms, state, self.trouble)
        marks = {role: msgspec.structs.replace(mark, sequence=sequence) for role, mark in marks.items()}
        replaced = [self._marks[role] for role in marks if role in self._marks]
        if any(old.identity != marks[role].identity for role in marks for old in replaced):
            self._folder.save_marks(self._known.values())
        self._marks |= marks
        bookmark = {role: msgspec.msgpack.encode(mark) for role, mark in self._marks.items()}
        bookmark |= {"sequence": str(sequence).encode(), "retried": msgspec.msgpack.encode(list(retried))}
        self._pending = _Pending(sequence, encode(batch), bookmark, tally, tuple(marks.values()), tuple(retried))
        self._settle(now_ms)

    def _settle(self, now_ms: int) -> None:
        """Makes sure that the pending batch is in the log, once."""
        pending = self._pending
        assert pending is not None
        # After an append without an answer the bookmark tells whether it happened.
        unsure = bool(self._log_trouble)
        if not unsure or int(self._log.bookmark(self.feed).get("sequence", b"0")) < pending.sequence:
            self._log_position = self._log.append(pending.payload, (self.feed, pending.bookmark))
        self._pending = None
        self.sequence = pending.sequence
        self._appended_ms = now_ms
        self.tally.add(pending.tally)
        for mark in pending.marks:
            self._note(mark)
        self._letters.remove(self.feed, pending.retried, now_ms)

    def _note(self, mark: Mark) -> None:
        known = self._known.get(mark.identity)
        if mark.identity and (known is None or known.offset <= mark.offset):
            self._known[mark.identity] = mark

    def _remember(self, now_ms: int) -> None:
        self._parser.forget(now_ms)
        self._folder.save_marks(self._known.values())
        state = self._parser.dump_state()
        self._folder.remember(Remembered(self._kind, self.sequence, self._log_position, state))
        self._remembered_ms = now_ms

    def _say(self, trouble: str) -> None:
        if trouble == self.trouble:
            return
        self._report(f"feed {self.feed}: {trouble or 'reading again'}")
        self.trouble = trouble
        self._appended_ms = 0  # the state travels with the next heartbeat, which is due now

    def _end_replay(self, trouble: str = "") -> None:
        self._sources.pop("replay").close()
        self._lines.pace = self._lines.held = None
        self.replay_trouble = trouble
        if self._request is not None:
            self._requests.answer(self._request.name, {"trouble": trouble, "sequence": self.sequence})
            self._request = None

    def _take_request(self, now_ms: int) -> None:
        if self._request is not None or "replay" in self._sources or now_ms - self._asked_ms < REQUESTS_MS:
            return
        self._asked_ms = now_ms
        for request in self._requests.waiting()[:1]:
            if request.kind == "retry":
                retried = self.retry(now_ms)
                self._requests.answer(request.name, {"trouble": "", "retried": retried, "sequence": self.sequence})
                continue
            try:
                self.replay([Path(file) for file in request.files], request.speed)
            except SourceTrouble as error:
                self._requests.answer(request.name, {"trouble": str(error), "sequence": self.sequence})
            else:
                self._request = request

    def retry(self, now_ms: int) -> int:
        """Reads the dead letters again and returns how many are dead no more; those are taken out.

        A letter of which only the head was kept stays. Raises `LogUnavailable` or `LogFull`.
        """
        if not self._started:
            self._start(now_ms)
        letters = [letter for letter in self._letters.all(self.feed) if letter.whole]
        retried = 0
        for start in range(0, len(letters), BATCH_LINES):
            read = self._lines.take_letters(letters[start : start + BATCH_LINES], now_ms)
            if read.retried:
                retried += len(read.retried)
                self._append(now_ms, read.tally, read.facts, read.last_event_ms, {}, read.retried)
        return retried
