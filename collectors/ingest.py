"""One feed from its lines to the log: every line is parsed, counted once, and appended together with its place.

After a crash at any point the feed goes on behind the last line that is in the log; what the parser knew is learned
again from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from collectors.append import ROLES, Appender
from collectors.contract import Parser, SourceTrouble
from collectors.deadletters import DeadLetters
from collectors.follow import Follow
from collectors.marks import Mark
from collectors.memory import FeedFolder, Remembered, joined
from collectors.reading import Lines, Pace, Read
from collectors.replay import Replay
from collectors.requests import Request, Requests
from collectors.restore import restore
from collectors.skew import ClockSkew
from collectors.sources import MarkOf, OpenSource, Source
from streams.batch import Batch, Tally
from streams.log import EventLog, LogFull, LogUnavailable

BATCH_LINES = 2_000
HEARTBEAT_MS = 10_000
REMEMBER_MS = 600_000
REQUESTS_MS = 500
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 100, 5_000
_FORGET_BATCHES = 64
FULL, _UNANSWERED, UNWRITABLE = (
    "log is full: the feed pauses",
    "log does not answer: trying again",
    "data folder cannot be written: the feed pauses",
)
_BACK = {FULL: "the log is back", _UNANSWERED: "the log is back", UNWRITABLE: "the data folder can be written again"}


class FeedRun:
    """Collects one feed. Call `step` again and again: it returns False when there is nothing to do for now.

    `kind` is the collector's name. `closes_at(site, event_ms)` = when the business day of an instant is closed at this
    site ("" = the default site), equal for all instants of one minute. `report` gets one line when something is lost
    and one when it is back. `trouble` = why the source cannot be read, `paused` = why nothing can be written to the
    log or beside it; empty when it can.
    Raises `FeedBusy` while another process collects this feed. `step` raises `LogWentBack`: make a new one.
    """

    def __init__(
        self,
        feed: str,
        kind: str,
        parser: Parser,
        log: EventLog,
        data: Path,
        letters: DeadLetters,
        closes_at: Callable[[str, int], int],
        report: Callable[[str], None],
        heartbeat_ms: int = HEARTBEAT_MS,
    ) -> None:
        self.feed = feed
        self.trouble = ""
        self.paused = ""
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
        self._appender = Appender(feed, log, self._folder, letters)
        self._skew = ClockSkew()
        self._live: OpenSource | None = None
        self._sources: dict[str, Source] = {}
        self._request: Request | None = None
        self._asked_ms = 0
        self._started = False
        self._pause_ms = 0
        self._not_before_ms = 0
        self._heartbeat_due = False
        self._remembered_ms = 0

    @property
    def tally(self) -> Tally:
        """What this run brought into the log so far."""
        return self._appender.tally

    @property
    def sequence(self) -> int:
        """The number of the last batch that is in the log."""
        return self._appender.sequence

    @property
    def replaying(self) -> bool:
        """True until every line of the files given to `replay` is in the log."""
        return "replay" in self._sources or self._appender.pending

    def follow(self, path: Path, rotated: str = "") -> None:
        """Reads this file and whatever is written to it. `rotated` = glob of its rotated forms in the same folder."""

        def opened(parser: Parser, mark_of: MarkOf, resume: Mark | None) -> Source:
            return Follow(path, rotated, parser.header_lines, parser.keyed, mark_of, resume)

        self.read_from(opened)

    def read_from(self, live: OpenSource) -> None:
        """Reads what this source gives, again and again."""
        self._live = live
        source = self._sources.pop("live", None)
        if source is not None:
            source.close()

    def replay(self, paths: Sequence[Path], speed: float = 0.0) -> None:
        """Reads these files once, in this order; speed 0: as fast as it goes, else times the recorded pace.

        Raises `SourceTrouble` when one of them cannot be opened, then none is read. What comes up later is in
        `replay_trouble`.
        """
        known = self._appender.known
        self._sources["replay"] = Replay(paths, self._parser.header_lines, self._parser.keyed, known.get)
        self.replay_trouble = ""
        self._lines.pace = Pace(speed) if speed > 0 else None

    def step(self, now_ms: int) -> bool:
        """Brings the next batch into the log. False: nothing to do for now, or waiting for the log."""
        if now_ms < self._not_before_ms:
            return False
        try:
            if not self._started:
                self._start(now_ms)
            self._appender.settle()
            if self.paused:
                self._report(f"feed {self.feed}: {_BACK[self.paused]}")
            self.paused, self._pause_ms = "", 0
            return self._collect(now_ms)
        except (LogUnavailable, LogFull, OSError) as error:
            self._pause_ms = min(max(2 * self._pause_ms, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
            self._not_before_ms = now_ms + self._pause_ms
            if isinstance(error, LogFull):
                paused = FULL
            elif isinstance(error, LogUnavailable):
                paused = _UNANSWERED
            else:
                paused = UNWRITABLE
            if paused != self.paused:
                self._report(f"feed {self.feed}: {paused} ({error})")
            self.paused = paused
            return False

    def retry(self, now_ms: int) -> int:
        """Reads the dead letters again and returns how many are dead no more; those are taken out.

        A letter of which only the head was kept stays, and one that is no line. Raises `LogUnavailable` or `LogFull`.
        """
        if not self._started:
            self._start(now_ms)
        self._appender.settle()
        letters = [letter for letter in self._letters.all(self.feed) if letter.whole and not letter.record]
        retried = 0
        for start in range(0, len(letters), BATCH_LINES):
            read = self._lines.take_letters(letters[start : start + BATCH_LINES], now_ms)
            if read.retried:
                retried += len(read.retried)
                self._append(read, now_ms, {})
        return retried

    def close(self) -> None:
        """Ends the run. What is not in the log yet is read again next time."""
        if self._started and not self._appender.pending:
            self._remember(self._appender.appended_ms)
        for source in self._sources.values():
            source.close()
        self._folder.close()

    def _start(self, now_ms: int) -> None:
        self._appender.start(now_ms)
        self._appender.positions = restore(
            self.feed, self._kind, self._parser, self.sequence, self._log, self._folder, self._report
        )
        try:
            self._parser.recall(self._appender.unsaid)
        except ValueError as error:
            self._report(f"feed {self.feed}: what its last lines left for the next is lost: {error}")
        self._parser.forget(now_ms)
        self._remembered_ms = self._appender.appended_ms = now_ms
        self._started = True

    def _collect(self, now_ms: int) -> bool:
        self._take_request(now_ms)
        if self._live is not None and "live" not in self._sources:
            appender = self._appender
            self._sources["live"] = self._live(self._parser, appender.known.get, appender.marks.get("live"))
        busy = False
        for role in [role for role in ROLES if role in self._sources]:
            busy |= self._read(role, now_ms)
        beat = self._heartbeat_due or now_ms - self._appender.appended_ms >= self._heartbeat_ms
        if not busy and beat:
            self._append(Read(), now_ms, {})
        if now_ms - self._remembered_ms >= REMEMBER_MS:
            self._remember(now_ms)
        return busy

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
                elif role == "live":
                    self._skew.caught_up(now_ms)
                return False
        read = self._lines.take(chunk, now_ms, source.live)
        self._say(self._lines.trouble)
        if not read.lines:
            return not chunk.lines
        # Rows of a database that is read again and again change long after their date: that tells of no clock.
        on_time = role == "live" and not read.tally.late and not chunk.repeats
        if on_time and read.first_event_ms is not None and read.last_event_ms is not None:
            self._skew.read(read.first_event_ms, read.last_event_ms, now_ms)
        mark = msgspec.structs.replace(chunk.before.advanced(read.lines), note=read.note, read_ms=now_ms)
        self._append(read, now_ms, {role: mark})
        if self.sequence % _FORGET_BATCHES == 0:
            self._parser.forget(now_ms)
        return True

    def _append(self, read: Read, now_ms: int, marks: Mapping[str, Mark]) -> None:
        state = "error" if self.trouble else "live"
        self._heartbeat_due = False
        batch = Batch(
            self.feed,
            0,
            now_ms,
            read.tally,
            read.facts,
            read.last_event_ms,
            state,
            self.trouble,
            skew_ms=self._skew.ms,
        )
        self._appender.append(batch, marks, read.retried, read.letters, self._parser.unsaid())

    def _remember(self, now_ms: int) -> None:
        self._parser.forget(now_ms)
        state = self._parser.dump_state()
        try:
            self._folder.save_marks(self._appender.known.values())
            self._folder.remember(Remembered(self._kind, self.sequence, joined(self._appender.positions), state))
        except OSError as error:
            # Nothing is lost: it is a shortcut, and what it says stands in the log too.
            self._report(f"feed {self.feed}: its shortcut was not saved, the next start takes longer: {error}")
        self._remembered_ms = now_ms

    def _say(self, trouble: str) -> None:
        if trouble == self.trouble:
            return
        self._report(f"feed {self.feed}: {trouble or 'reading again'}")
        self.trouble = trouble
        self._heartbeat_due = True

    def _end_replay(self, trouble: str = "") -> None:
        self._sources.pop("replay").close()
        self._lines.pace = self._lines.held = None
        self.replay_trouble = trouble

    def _take_request(self, now_ms: int) -> None:
        if self._request is not None and "replay" not in self._sources:
            self._answer(self._request, self.replay_trouble)
            self._request = None
        if self._request is not None or "replay" in self._sources or now_ms - self._asked_ms < REQUESTS_MS:
            return
        self._asked_ms = now_ms
        for request in self._requests.waiting()[:1]:
            if request.kind == "retry":
                self._answer(request, "", retried=self.retry(now_ms))
                continue
            try:
                self.replay([Path(file) for file in request.files], request.speed)
            except SourceTrouble as error:
                self._answer(request, str(error))
            else:
                self._request = request

    def _answer(self, request: Request, trouble: str, **more: int) -> None:
        self._requests.answer(request.name, {"trouble": trouble, "sequence": self.sequence, **more})
