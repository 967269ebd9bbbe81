"""Writes the simulated centre's queue_log, and the files beside it: the day so far at once, then live, appending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TextIO

from collectors.demo_centre.beside import Beside
from collectors.demo_centre.centre import BACKFILL_MS, Centre

BEAT_SECONDS = 0.25
CHUNK_MS = 600_000
TAIL_BYTES = 65_536
FIRST_EVENT = b"NONE|NONE|NONE|QUEUESTART|"


class Stop(Protocol):
    """What ends the writing: a `threading.Event`, for one."""

    def wait(self, timeout: float) -> bool:
        """Waits up to `timeout` seconds; True once the end is wanted."""
        ...


class NotOurFileError(Exception):
    """The file was not begun by this simulation; nothing has been written to it."""


def centre_for(path: Path, seed: int, now_ms: int) -> Centre:
    """The centre that writes `path`: a new one, or the one that began the file, resumed at `now_ms`.

    A resumed one keeps business day, settings and story of the first start and never writes behind the last line.
    Raises `NotOurFileError`, and `OSError` where the file cannot be read.
    """
    if not path.exists() or path.stat().st_size == 0:
        return Centre(seed, now_ms)
    with path.open("rb") as file:
        first = file.readline(TAIL_BYTES)
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        last_seconds = max(_seconds(file.read()), default=0)
    began, _, rest = first.rstrip(b"\n").partition(b"|")
    if rest != FIRST_EVENT or not began.isdigit():
        message = f"{path} was not begun by the demo: move it away or give the demo another folder"
        raise NotOurFileError(message)
    resumes_ms = max(now_ms, last_seconds * 1000)
    return Centre(seed, int(began) * 1000 + BACKFILL_MS, resumes_ms=resumes_ms)


def run(
    path: Path,
    seed: int,
    clock: Callable[[], int],
    stop: Stop,
    centre: Centre | None = None,
    beside: Beside | None = None,
) -> None:
    """Writes `path` until `stop`: the day so far, then every quarter second what has become due.

    `clock` gives UTC milliseconds. `centre` is what `centre_for` gave for this path, if it was asked before, `beside`
    its other systems, if they write too. Only ever appends. Raises `NotOurFileError`, and `OSError` or `sqlite3.Error`
    when a file cannot be written.
    """
    centre = centre or centre_for(path, seed, clock())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        _end_torn_line(path, file)
        _append(file, centre.backfill())
        if beside is not None:
            beside.begin(centre.start_ms)
        while not stop.wait(BEAT_SECONDS):
            now_ms = clock()
            _append(file, centre.advance(now_ms))
            if beside is not None:
                beside.advance(now_ms)


def write_file(path: Path, centre: Centre, until_ms: int) -> int:
    """Writes everything of `centre` up to and including `until_ms` to a new file; returns the number of lines."""
    count = 0
    with path.open("x", encoding="utf-8", newline="\n") as file:
        for lines in _chunks(centre, until_ms):
            count += len(lines)
            _append(file, lines)
    return count


def _chunks(centre: Centre, until_ms: int) -> Iterator[list[str]]:
    for chunk_until_ms in range(centre.day_start_ms, until_ms, CHUNK_MS):
        yield centre.advance(chunk_until_ms)
    yield centre.advance(until_ms)


def _append(file: TextIO, lines: list[str]) -> None:
    if lines:
        file.write("\n".join(lines) + "\n")
        file.flush()


def _end_torn_line(path: Path, file: TextIO) -> None:
    # A writer that was killed may have left half a line; ours must not grow onto it.
    size = path.stat().st_size
    if size:
        with path.open("rb") as written:
            written.seek(size - 1)
            if written.read(1) != b"\n":
                file.write("\n")


def _seconds(tail: bytes) -> Iterator[int]:
    for line in tail.split(b"\n"):
        began, bar, _ = line.partition(b"|")
        if bar and len(began) == 10 and began.isdigit():
            yield int(began)
