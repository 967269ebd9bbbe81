"""`leitstand restore DIR`: a backup into an empty data folder. Nothing is written before every file was checked."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

import msgspec

from commands import data_format, wiring
from commands.backup import DATA, HISTORY, LOG, MANIFEST, VERSION, Manifest, digest
from commands.failures import WorkFailed
from config.settings import Settings
from streams import log_dump
from streams.history.files import AlreadyThere, HistoryUnavailable
from streams.log import LogUnavailable
from streams.redis_binary import RedisNotStarted
from streams.redis_client import RedisClients, connect
from streams.redis_server import RedisServer


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Raises `WorkFailed` when the data folder is not empty or a file of the backup is not as it was written."""
    folder: Path = arguments.folder.absolute()
    manifest = check(folder)
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        message = f"{data} is not empty: name a new folder with --data, nothing is ever restored over data"
        raise WorkFailed(message)
    # Under another name until it is complete: a restore that breaks off leaves no half folder that looks whole.
    beside = data.with_name(f"{data.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(folder / DATA, beside)
        os.chmod(beside, 0o700)
        _restore_history(settings, folder / HISTORY, beside)
        entries = _restore_log(settings, folder / LOG, beside)
        data_format.note(beside)
        if data.exists():
            data.rmdir()
        beside.rename(data)
    except (OSError, LogUnavailable, HistoryUnavailable, RedisNotStarted) as error:
        message = f"restore into {data} broke off, nothing is there yet: {error}"
        raise WorkFailed(message) from error
    except (AlreadyThere, log_dump.LogNotEmpty, log_dump.UnusableDump) as error:
        raise WorkFailed(str(error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    sys.stdout.write(f"{data}: {len(manifest.files)} files and {entries:,} log entries of {manifest.made}\n")


def check(folder: Path) -> Manifest:
    """The manifest of a backup all of whose files are there and unchanged. Raises `WorkFailed`."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        message = f"{folder} is no backup, or it broke off: there is no {MANIFEST}"
        raise WorkFailed(message) from None
    except (OSError, msgspec.MsgspecError) as error:
        message = f"{folder / MANIFEST} cannot be read: {error}"
        raise WorkFailed(message) from error
    if manifest.version > VERSION or manifest.format > data_format.VERSION:
        message = f"{folder} was made by a newer Leitstand: install that release or newer"
        raise WorkFailed(message)
    faults = []
    for part in manifest.files:
        path = folder / part.path
        if not path.is_file():
            faults.append(f"{part.path} is missing")
        elif path.stat().st_size != part.bytes or digest(path) != part.sha256:
            faults.append(f"{part.path} was changed")
    if faults:
        message = f"{folder} is not sound, nothing was restored:\n" + "\n".join(faults)
        raise WorkFailed(message)
    return manifest


def _restore_log(settings: Settings, dump: Path, beside: Path) -> int:
    if settings.storage.redis_url:
        clients = connect(settings.storage.redis_url.reveal())
        return _load(clients, dump)
    with RedisServer(beside, memory_mb=settings.storage.log_memory_mb) as server:
        return _load(connect(server.socket_path), dump)


def _load(clients: RedisClients, dump: Path) -> int:
    with dump.open("rb") as file:
        try:
            return log_dump.load(clients, file)
        finally:
            clients.close()


def _restore_history(settings: Settings, source: Path, beside: Path) -> None:
    files = wiring.history(settings, beside).files
    if files.list("commits"):
        message = f"the history at {files.address} is not empty: name another place in storage.history_url"
        raise WorkFailed(message)
    # Commits last: what they name is there then.
    paths = sorted(path for path in source.rglob("*") if path.is_file())
    for path in sorted(paths, key=lambda path: path.suffix == ".json"):
        files.write(path.relative_to(source).as_posix(), path.read_bytes())
