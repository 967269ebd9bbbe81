"""Commits: the small documents that say what the history is made of. Pure.

A partition's commits form one chain. Each owner has a generation, higher than the one before; its first commit names
the commit that it follows, so whatever an older owner commits after that is no part of the chain. A commit adds and
removes files; one that is `whole` says everything, and the commits before it may go.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from streams.log import START
from streams.records import Cell

VERSION = 1
RECORDS, MINUTES, QUARTERS, DAYS, LATE = "records", "minutes", "quarters", "days", "late"
FURTHER = "further"
"""Records of the families beside visits."""
FACTS = (MINUTES, QUARTERS, DAYS)
KINDS = (RECORDS, FURTHER, *FACTS, LATE)


class UnreadableCommit(Exception):
    """A commit is no commit of a version that this program reads; the message says what to do."""


class File(msgspec.Struct, frozen=True, omit_defaults=True):
    """One Parquet file. `day` is a UTC date for records (of all families, and late ones), the business day for facts.

    `name` is the feed of records, the clock of facts (`clock_name`). `first_ms` and `last_ms` are the oldest and
    newest event time in it (closed); for facts the bounds of the business day [first, last). `version`: of the day.
    `days`: the business days in a file of a whole month, each in its newest version; there `day` is the month, YYYY-MM.
    """

    path: str
    kind: str
    day: str
    name: str
    rows: int
    bytes: int
    checksum: str
    first_ms: int
    last_ms: int
    version: int = 0
    days: tuple[str, ...] = ()

    def holds(self, day: str, clock: str) -> bool:
        """True for facts of this business day."""
        return self.name == clock and (day in self.days or day == self.day)


class DayVersion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of a closed business day. `causes` are the files of late records that made it, `why` says it.

    `empty`: nothing happened on it, and there are no files of it.
    """

    day: str
    clock: str
    version: int
    start_ms: int
    end_ms: int
    made_ms: int
    why: str
    causes: tuple[str, ...] = ()
    empty: bool = False


class Commit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of one partition. `position`: everything in the log up to there is in these files.

    `dirty` are closed days, as (day, clock), for which late records came in and are not yet looked at; `clean` ends
    that. `lost` are the instants (UTC ms, closed) of entries that the log lost before they came here. Records dated
    before `retired_ms` are not kept any more.
    """

    partition: int
    generation: int
    number: int
    follows: tuple[int, int]
    made_ms: int
    position: str
    whole: bool = False
    added: tuple[File, ...] = ()
    removed: tuple[str, ...] = ()
    versions: tuple[DayVersion, ...] = ()
    dirty: tuple[tuple[str, str], ...] = ()
    clean: tuple[tuple[str, str], ...] = ()
    cells: tuple[Cell, ...] = ()
    lost: tuple[int, int] | None = None
    retired_ms: int = 0
    version: int = VERSION

    @property
    def place(self) -> tuple[int, int]:
        """Generation and number."""
        return self.generation, self.number

    @property
    def path(self) -> str:
        """The file of this commit; names sort in the order of the chain."""
        return f"commits/{self.partition:04}-{self.generation:08}-{self.number:08}.json"


class Contents(msgspec.Struct):
    """What a partition's history is made of at one commit."""

    partition: int = 0
    generation: int = 0
    number: int = 0
    position: str = START
    made_ms: int = 0
    files: dict[str, File] = msgspec.field(default_factory=dict)
    versions: list[DayVersion] = msgspec.field(default_factory=list)
    dirty: set[tuple[str, str]] = msgspec.field(default_factory=set)
    cells: dict[Cell, None] = msgspec.field(default_factory=dict)
    lost: tuple[int, int] | None = None
    retired_ms: int = 0
    removed: dict[str, int] = msgspec.field(default_factory=dict)
    """Files that were taken out, and when (UTC ms); readers may still be at them for a while."""

    @property
    def place(self) -> tuple[int, int]:
        """Generation and number of the newest commit."""
        return self.generation, self.number

    def take(self, commit: Commit) -> None:
        """Goes on by one commit of the chain."""
        if commit.whole:
            self.files.clear()
            self.versions.clear()
            self.dirty.clear()
            self.cells.clear()
        self.generation, self.number, self.position = commit.generation, commit.number, commit.position
        self.made_ms = commit.made_ms
        for path in commit.removed:
            if self.files.pop(path, None) is not None:
                self.removed[path] = commit.made_ms
        self.files.update({file.path: file for file in commit.added})
        self.versions += commit.versions
        self.dirty = (self.dirty | set(commit.dirty)) - set(commit.clean)
        self.cells.update(dict.fromkeys(commit.cells))
        self.lost = commit.lost or self.lost
        self.retired_ms = max(self.retired_ms, commit.retired_ms)

    @property
    def newest_ms(self) -> int:
        """The instant of the newest record, UTC ms; 0 before the first."""
        return max((file.last_ms for file in self.of_kind(RECORDS)), default=0)

    def of_kind(self, kind: str) -> list[File]:
        """The files of one kind, by path."""
        return sorted((file for file in self.files.values() if file.kind == kind), key=lambda file: file.path)

    def newest(self) -> dict[tuple[str, str], DayVersion]:
        """The newest version of each closed day, by (day, clock)."""
        return {(version.day, version.clock): version for version in self.versions}


def encode(commit: Commit) -> bytes:
    """The commit as JSON, a value on each line."""
    return msgspec.json.format(msgspec.json.encode(commit), indent=1) + b"\n"


def decode(path: str, content: bytes) -> Commit:
    """The commit of this file. Raises `UnreadableCommit`."""
    try:
        version = msgspec.json.decode(content, type=_Versioned).version
        if version != VERSION:
            message = f"{path} has version {version}, this program reads {VERSION}: start the newer program"
            raise UnreadableCommit(message)
        return msgspec.json.decode(content, type=Commit)
    except msgspec.MsgspecError as error:
        message = f"{path} is no commit: {error}: restore it from a backup"
        raise UnreadableCommit(message) from error


class _Versioned(msgspec.Struct):
    version: int = VERSION


def chain(commits: Iterable[Commit]) -> list[Commit]:
    """The commits of one partition that count, in order, beginning with the newest one that is whole.

    A commit is left out when a later owner took over before it: the later owner's first commit follows another one.
    Raises `UnreadableCommit` when one of them is missing.
    """
    ordered = sorted(commits, key=lambda commit: commit.place)
    newest_whole = max((number for number, commit in enumerate(ordered) if commit.whole), default=0)
    counted = ordered[newest_whole : newest_whole + 1] if ordered and ordered[newest_whole].whole else []
    for commit in ordered[newest_whole + len(counted) :]:
        while counted and counted[-1].place > commit.follows:
            counted.pop()
        if (counted[-1].place if counted else (0, 0)) != commit.follows:
            message = f"{commit.path} follows a commit that is not there: restore the folder commits from a backup"
            raise UnreadableCommit(message)
        counted.append(commit)
    return counted
