"""Lines that could not be read, kept as files: source, position, reason and bytes, per feed and day.

A letter is written before the batch that counts it. A crash in between makes the line come again under the same id,
so a letter is never doubled. Files are read by their owner only: lines hold telephone numbers and names.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec

from collectors.lines import HEAD_BYTES
from streams.records import identify

DEFAULT_CAP = 10_000
DEFAULT_DAYS = 14


class Letter(msgspec.Struct, frozen=True):
    """One dead line. `at_ms` = when it was read, `data` its bytes or, not `whole`, their head of 4 KB.

    `opening` is the first line of its source, which a header-led format needs to read the line again. `record`: it is
    no line but a record that could not be counted, as it stands in the log: there is nothing to read again.
    """

    feed: str
    source: str
    identity: str
    position: int
    at_ms: int
    reason: str
    data: bytes
    whole: bool = True
    opening: bytes = b""
    record: bool = False

    @property
    def id(self) -> str:
        """The same for the same line of the same content, whatever the file was called."""
        return identify(self.feed, self.identity or self.source, self.position).hex()

    def document(self) -> dict[str, object]:
        """As `dead list --json` shows it."""
        return {
            "id": self.id,
            "feed": self.feed,
            "source": self.source,
            "position": self.position,
            "at": f"{datetime.fromtimestamp(self.at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "reason": self.reason,
            "bytes_base64": base64.b64encode(self.data).decode(),
        }


class _Line(msgspec.Struct, omit_defaults=True):
    """One line of a file: a letter, or a letter's id that is gone, or how many were counted and not kept."""

    letter: Letter | None = None
    gone: str = ""
    over_cap: int = 0
    sequence: int = 0


_decoder = msgspec.json.Decoder(_Line)


class DeadLetters:
    """The dead letters below `folder`. At most `cap` are kept of each feed; more are counted only."""

    def __init__(self, folder: Path, cap: int = DEFAULT_CAP) -> None:
        self._folder = folder
        self._cap = cap
        self._ids: dict[str, set[str]] = {}

    def write(self, feed: str, letters: Sequence[Letter], sequence: int) -> None:
        """Keeps letters that are not kept yet. `sequence` = the batch that counts them.

        Raises OSError where the disk refuses; the same letters may then be written again.
        """
        if not letters:
            return
        ids = self._ids_of(feed)
        new: set[str] = set()
        lines: list[_Line] = []
        over_cap = 0
        for letter in letters:
            if letter.id in ids or letter.id in new:
                continue
            if len(ids) + len(new) >= self._cap:
                over_cap += 1
                continue
            new.add(letter.id)
            lines.append(_Line(msgspec.structs.replace(letter, data=letter.data[:HEAD_BYTES])))
        if over_cap:
            lines.append(_Line(over_cap=over_cap, sequence=sequence))
        self._append(feed, letters[0].at_ms, lines)
        ids |= new

    def all(self, feed: str | None = None) -> list[Letter]:
        """Every letter that is kept, oldest first, of one feed or of all."""
        feeds = [feed] if feed is not None else self._feeds()
        letters = [letter for each in feeds for letter in self._letters(each).values()]
        return sorted(letters, key=lambda letter: (letter.at_ms, letter.feed, letter.source, letter.position))

    def get(self, letter_id: str) -> Letter | None:
        """The letter with this id."""
        return next((letter for letter in self.all() if letter.id == letter_id), None)

    def not_kept(self, feed: str) -> int:
        """How many dead lines of the feed are counted but were over the cap."""
        of_batch = {line.sequence: line.over_cap for line in self._lines(feed) if line.over_cap}
        return sum(of_batch.values())

    def remove(self, feed: str, ids: Collection[str], now_ms: int) -> None:
        """Takes letters out; ids that are not there are no fault."""
        kept = self._ids_of(feed)
        gone = [letter_id for letter_id in ids if letter_id in kept]
        self._append(feed, now_ms, [_Line(gone=letter_id) for letter_id in gone])
        kept.difference_update(gone)

    def expire(self, now_ms: int, days: int = DEFAULT_DAYS) -> None:
        """Deletes the files of letters that are older than so many days."""
        oldest = datetime.fromtimestamp(now_ms / 1000, UTC).date() - timedelta(days=days)
        for feed in self._feeds():
            for path in self._files(feed):
                if date.fromisoformat(path.stem) < oldest:
                    path.unlink(missing_ok=True)
                    self._ids.pop(feed, None)

    def _feeds(self) -> list[str]:
        return sorted(unquote(path.name) for path in self._folder.glob("*") if path.is_dir())

    def _files(self, feed: str) -> list[Path]:
        return sorted(self._of(feed).glob("????-??-??.jsonl"))

    def _of(self, feed: str) -> Path:
        return self._folder / quote(feed, safe="")

    def _ids_of(self, feed: str) -> set[str]:
        if feed not in self._ids:
            self._ids[feed] = set(self._letters(feed))
        return self._ids[feed]

    def _letters(self, feed: str) -> dict[str, Letter]:
        letters: dict[str, Letter] = {}
        for line in self._lines(feed):
            if line.letter is not None:
                letters[line.letter.id] = line.letter
            letters.pop(line.gone, None)
        return letters

    def _lines(self, feed: str) -> Iterator[_Line]:
        for path in self._files(feed):
            with path.open("rb") as file:
                for text in file:
                    try:
                        yield _decoder.decode(text)
                    except msgspec.DecodeError:
                        continue  # the last line of a crash: its batch was never counted, the line comes again

    def _append(self, feed: str, now_ms: int, lines: Sequence[_Line]) -> None:
        if not lines:
            return
        folder = self._of(feed)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{datetime.fromtimestamp(now_ms / 1000, UTC):%Y-%m-%d}.jsonl"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            left = memoryview(b"\n" * torn + b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
            while left:
                # A disk that gets full takes a part of it without an error; only the next write has one.
                left = left[file.write(left) :]
            os.fsync(descriptor)


def as_json(letters: Sequence[Letter]) -> str:
    """The document of `dead list --json`."""
    return json.dumps({"dead": [letter.document() for letter in letters]}, ensure_ascii=False)
