"""The history as readers and writers see it: what the commits say, the Parquet files behind them, and new commits."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from streams.columns import Columns
from streams.history import commits, further_rows
from streams.history.checksum import measured
from streams.history.commits import Commit, Contents, File
from streams.history.files import AlreadyThere, FileDamaged, FileGone, Files, HistoryUnavailable
from streams.history.layout import from_parquet, to_parquet, write_groups
from streams.history.record_rows import to_columns
from streams.together import together

_LOOK_AGAIN = 5
_PIECE_ROWS = 1_024
_logger = logging.getLogger(__name__)


class Overtaken(Exception):
    """A later owner of the partition took over: this one must stop writing and end."""


class History:
    """The history below `files`. Reading needs no owner; writing goes through `commit`, one owner a partition."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._known: dict[str, Commit] = {}
        self._damaged: set[str] = set()

    def contents(self, partition: int = 0) -> Contents:
        """What this partition is made of now. Raises `HistoryUnavailable` or `UnreadableCommit`."""
        return _contents_of(partition, self._chain(partition))

    def partitions(self) -> list[Contents]:
        """What every partition is made of now."""
        return [contents for contents, _ in self.chains()]

    def chains(self) -> list[tuple[Contents, list[Commit]]]:
        """What every partition is made of now, with the commits that say so."""
        numbers = {int(_name(path).partition("-")[0]) for path in self.files.list("commits") if _is_commit(path)}
        chains = {number: self._chain(number) for number in sorted(numbers)}
        return [(_contents_of(number, chain), chain) for number, chain in chains.items()]

    def _chain(self, partition: int) -> list[Commit]:
        for look in range(_LOOK_AGAIN):
            paths = [path for path in self.files.list("commits") if _is_commit(path, partition)]
            try:
                found = [self._commit_at(path) for path in paths]
            except FileGone:
                # A whole commit was made while we read, and the ones before it went.
                if look == _LOOK_AGAIN - 1:
                    raise
                continue
            self._known = {commit.path: commit for commit in found} | {
                path: commit for path, commit in self._known.items() if commit.partition != partition
            }
            return commits.chain(found)
        return []

    def _commit_at(self, path: str) -> Commit:
        return self._known.get(path) or commits.decode(path, self.files.read(path))

    def commit(self, commit: Commit) -> None:
        """Makes the commit part of the history. Raises `Overtaken` when somebody took the partition over."""
        if self.newest_generation(commit.partition) > commit.generation:
            raise Overtaken(_overtaken(commit))
        try:
            self.files.write(commit.path, commits.encode(commit))
        except AlreadyThere as error:
            raise Overtaken(_overtaken(commit)) from error

    def newest_generation(self, partition: int = 0) -> int:
        """The highest generation that ever committed here; 0 before the first."""
        names = [_name(path) for path in self.files.list("commits") if _is_commit(path, partition)]
        return max((int(name.split("-")[1]) for name in names), default=0)

    def write_table(self, folder: str, stem: str, table: Any, **about: Any) -> File:
        """Writes a table as a Parquet file, which becomes part of the history by a commit that adds it.

        `about` are the other fields of `File`.
        """
        content = to_parquet(about["kind"], table)
        path = f"{folder}/{stem}.parquet"
        self.files.write(path, content)
        digest = hashlib.sha256(content).hexdigest()
        return File(path=path, rows=table.num_rows, bytes=len(content), checksum=digest, **about)

    def write_facts(self, folder: str, stem: str, schema: Any, groups: Iterable[Any], **about: Any) -> File:
        """Writes sorted facts that come group by group, as `write_table` does a table; few of them are in memory."""
        path = f"{folder}/{stem}.parquet"
        with self.files.writing(path) as file:
            written = _Written(file)
            rows = write_groups(written, schema, groups)
        return File(path=path, rows=rows, bytes=written.size, checksum=written.digest.hexdigest(), **about)

    def read_table(self, file: File, columns: Sequence[str] | None = None, hotlines: Sequence[str] = ()) -> Any:
        """The rows of a file, only these columns; with `hotlines` at least the rows of those."""
        with self._reading(file), self.files.open(file.path) as opened:
            return from_parquet(opened, columns, hotlines)

    def pieces(self, file: File, rows: int = _PIECE_ROWS) -> Iterator[Any]:
        """The rows of a file of facts in their order, so many at a time."""
        with self._reading(file), self.files.open(file.path) as opened:
            for batch in pq.ParquetFile(opened).iter_batches(rows, use_threads=False):
                yield pa.Table.from_batches([batch]).replace_schema_metadata(None)

    def records(self, files: Iterable[File]) -> Iterator[Columns]:
        """The records of these files, a row group at a time."""
        for file in files:
            with self._reading(file), self.files.open(file.path) as opened:
                parquet = pq.ParquetFile(opened)
                for group in range(parquet.num_row_groups):
                    yield to_columns(pa.table(parquet.read_row_group(group)))

    def further(self, files: Iterable[File]) -> Iterator[Columns]:
        """The records of further families in these files, a row group at a time."""
        for file in files:
            with self._reading(file), self.files.open(file.path) as opened:
                parquet = pq.ParquetFile(opened)
                for group in range(parquet.num_row_groups):
                    yield together(list(further_rows.to_batches(pa.table(parquet.read_row_group(group)))))

    @contextmanager
    def _reading(self, file: File) -> Iterator[None]:
        try:
            yield
        except MemoryError:
            raise
        except (pa.ArrowException, OSError) as error:
            if not isinstance(error, pa.ArrowException) and self._is_sound(file):
                message = f"could not read {self.files.address}/{file.path}: {error}"
                raise HistoryUnavailable(message) from error
            raise FileDamaged(file.path, _damage(self.files.address, file, error)) from error

    def tell(self, damage: FileDamaged) -> None:
        """Logs that a file is damaged, once, for whoever goes on without it."""
        if damage.path not in self._damaged:
            self._damaged.add(damage.path)
            _logger.error("%s; it is left where it is, everything else goes on", damage)

    def is_damaged(self, file: File) -> bool:
        """True for a file that was told of and has not been restored since."""
        if file.path in self._damaged and self._is_sound(file):
            self._damaged.remove(file.path)
            _logger.info("%s is as it was written again", file.path)
        return file.path in self._damaged

    def _is_sound(self, file: File) -> bool:
        try:
            return measured(self.files, file.path)[1] == file.checksum
        except OSError as error:
            message = f"could not read {self.files.address}/{file.path}: {error}"
            raise HistoryUnavailable(message) from error


def _damage(address: str, file: File, error: Exception) -> str:
    anew = ""
    if file.kind in commits.FACTS and not file.days:
        anew = f" or compute the day anew with `leitstand history rebuild {file.day}`"
    what = str(error).splitlines()[0]
    return (
        f"{address}/{file.path} is damaged ({what}): restore it from a backup{anew}; "
        "`leitstand history verify` names every such file"
    )


def further_files(contents: Contents, from_ms: int, to_ms: int) -> list[File]:
    """The files with records of further families dated inside [from, to]."""
    return [file for file in contents.of_kind(commits.FURTHER) if file.last_ms >= from_ms and file.first_ms <= to_ms]


class _Written:
    """A file that counts and digests what is written to it, in the form that pyarrow takes."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, content: Any) -> int:
        self._file.write(content)
        self.digest.update(content)
        self.size += len(content)
        return len(content)

    def flush(self) -> None:
        self._file.flush()


def record_files(contents: Contents, from_ms: int, to_ms: int) -> list[File]:
    """The files with records dated inside [from, to]."""
    return [file for file in contents.of_kind(commits.RECORDS) if file.last_ms >= from_ms and file.first_ms <= to_ms]


def _contents_of(partition: int, chain: Iterable[Commit]) -> Contents:
    contents = Contents(partition)
    for commit in chain:
        contents.take(commit)
    return contents


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _is_commit(path: str, partition: int | None = None) -> bool:
    return path.endswith(".json") and (partition is None or _name(path).startswith(f"{partition:04}-"))


def _overtaken(commit: Commit) -> str:
    return f"partition {commit.partition} of the history has a later owner: generation {commit.generation} ends"
