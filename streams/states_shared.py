"""Saved states in a shared folder, where any worker may take over."""

from __future__ import annotations

import logging

from pyarrow import fs

from streams import snapshot
from streams.snapshot import Snapshot, UnusableSnapshot

_logger = logging.getLogger(__name__)


class SharedStates:
    """Files `PARTITION-GENERATION` in a folder of a pyarrow filesystem that all workers reach.

    Each owner writes a file of its own generation, so that one who was replaced and does not know yet can never put
    an older state in the place of a newer one. The owner removes the files of the generations before it.
    """

    def __init__(self, filesystem: fs.FileSystem, folder: str, partition: int) -> None:
        self._files = filesystem
        self._folder = folder
        self._partition = partition

    def load(self) -> Snapshot | None:
        """See `States.load`. A newest one that is of no use is said so, and the one before it is taken."""
        unusable: UnusableSnapshot | None = None
        for _, path in sorted(self._kept(), reverse=True):
            try:
                with self._files.open_input_stream(path) as file:
                    return snapshot.decode(file.read(), path)
            except FileNotFoundError:
                continue  # its owner has just written a newer one and removed it
            except UnusableSnapshot as error:
                _logger.warning("saved state not used: %s", error)
                unusable = unusable or error
        if unusable is not None:
            raise unusable
        return None

    def save(self, state: Snapshot, generation: int) -> None:
        """See `States.save`."""
        self._files.create_dir(self._folder, recursive=True)
        path = f"{self._folder}/{self._partition}-{generation}"
        beside = f"{path}.new"
        with self._files.open_output_stream(beside) as file:
            for piece in snapshot.content(state):
                file.write(piece)
        self._files.move(beside, path)
        for older, old_path in self._kept():
            if older < generation:
                self._files.delete_file(old_path)

    def _kept(self) -> list[tuple[int, str]]:
        found = self._files.get_file_info(fs.FileSelector(self._folder, allow_not_found=True))
        kept = []
        for one in found:
            partition, _, generation = one.base_name.partition("-")
            if partition == str(self._partition) and generation.isdecimal():
                kept.append((int(generation), one.path))
        return kept

    def __str__(self) -> str:
        return f"{self._folder}/{self._partition}"
