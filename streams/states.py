"""Where a processor keeps its saved state; on one machine that is a file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from streams import snapshot
from streams.snapshot import Snapshot


class States(Protocol):
    """The saved states of one part of the log. A state is sound by itself: an older one only costs reading more."""

    def load(self) -> Snapshot | None:
        """The newest state; None where there is none. Raises `UnusableSnapshot`."""
        ...

    def save(self, state: Snapshot, generation: int) -> None:
        """Keeps this state of the owner with this fence. Raises OSError; what was kept before then still stands."""
        ...


class StateFile:
    """One file that is replaced; only one process on this machine ever writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Snapshot | None:
        """See `States.load`."""
        return snapshot.load(self._path)

    def save(self, state: Snapshot, generation: int) -> None:  # noqa: ARG002 - there is one owner
        """See `States.save`."""
        snapshot.save(state, self._path)

    def __str__(self) -> str:
        return str(self._path)
