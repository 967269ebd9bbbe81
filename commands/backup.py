"""`leitstand backup DIR`: everything that a data folder holds, portable, also while Leitstand runs.

The order matters while it runs. What the log can teach again (parsers' memories, the processor's state) is copied
before the log: being behind it is harmless. What the log may be ahead of (dead letters, history) is copied after.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import msgspec

from commands import data_format, log_parts, storing, wiring
from commands.failures import WorkFailed
from commands.log_parts import STATE_FILE
from config.settings import Settings
from dashboard.database import FILE_NAME as DATABASE
from streams import log_dump
from streams.history.commits import UnreadableCommit
from streams.history.files import FileGone, HistoryUnavailable
from streams.history.history import History
from streams.log import LogUnavailable
from streams.query import iso

MANIFEST = "manifest.json"
LOG = "log.dump"
DATA = "data"
HISTORY = "history"
VERSION = 1
COPIED_BEFORE = ("pseudonym.key", STATE_FILE, "collectors")
COPIED_AFTER = ("dead",)
_LOOK_AGAIN = 5


class Part(msgspec.Struct):
    """One file of a backup and what restore checks it by."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct):
    """What a backup consists of. `format` is the version of the data folder."""

    version: int
    format: int
    made: str
    files: list[Part]


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Writes the backup into a folder that is empty or not there yet."""
    folder: Path = arguments.folder.absolute()
    if not data.is_dir():
        message = f"there is no data folder {data}: name it with --data"
        raise WorkFailed(message)
    if log_parts.in_kafka(settings):
        message = "the log is kept in Kafka, whose own tools back it up; copy the history's folder or bucket beside it"
        raise WorkFailed(message)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            message = f"{folder} is not empty: name an empty folder, so that no older backup is mixed with this one"
            raise WorkFailed(message)
        _copy(settings, data, folder)
        files = [_part(folder, path) for path in sorted(folder.rglob("*")) if path.is_file()]
        made = Manifest(VERSION, data_format.VERSION, iso(wiring.wall_clock_ms()), files)
        beside = folder / f"{MANIFEST}.new"
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(made)))
        _flush(folder)
        beside.replace(folder / MANIFEST)
        _flush(folder, contents=False)
    except (LogUnavailable, HistoryUnavailable, UnreadableCommit) as error:
        raise WorkFailed(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        message = f"backup to {folder} broke off: {error}"
        raise WorkFailed(message) from error
    size = sum(part.bytes for part in files)
    sys.stdout.write(f"{folder}: {len(files)} files, {size:,} bytes, verified by restore\n")


def _copy(settings: Settings, data: Path, folder: Path) -> None:
    kept = folder / DATA
    kept.mkdir(mode=0o700)
    for name in COPIED_BEFORE:
        _copy_tree(data / name, kept / name)
    with storing.storage(settings, data) as storage, (folder / LOG).open("wb") as file:
        os.chmod(folder / LOG, 0o600)
        log_dump.dump(storage.clients, file)
    for name in COPIED_AFTER:
        _copy_tree(data / name, kept / name)
    if (data / DATABASE).exists():
        _copy_database(data / DATABASE, kept / DATABASE)
    _copy_history(wiring.history(settings, data), folder / HISTORY)


def _copy_tree(source: Path, target: Path) -> None:
    """Copies a file or a folder as it stands, with its modes; what goes away meanwhile was not to be kept."""
    if source.is_dir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for child in sorted(source.iterdir()):
            # Locks belong to running processes, and an unfinished file was never there.
            if child.name != "lock" and not child.name.endswith(".new"):
                _copy_tree(child, target / child.name)
        return
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        target.unlink(missing_ok=True)


def _copy_database(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _copy_history(history: History, target: Path) -> None:
    for look in range(_LOOK_AGAIN):
        try:
            for contents, chain in history.chains():
                for path in [*contents.files, *(commit.path for commit in chain)]:
                    _write(target / path, history.files.read(path))
        except FileGone:
            # Compaction replaced a file while we copied: its rows are in another one by now.
            shutil.rmtree(target, ignore_errors=True)
            if look == _LOOK_AGAIN - 1:
                raise
        else:
            return


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)


def _part(folder: Path, path: Path) -> Part:
    return Part(str(path.relative_to(folder)), path.stat().st_size, digest(path))


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(folder: Path, *, contents: bool = True) -> None:
    """Brings everything below to the disk, so that the manifest never says more than a power cut leaves."""
    for path in [*(sorted(folder.rglob("*")) if contents else ()), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
