"""The files that other systems of the simulated centre write beside its queue_log."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from collectors.demo_centre.centre import BACKFILL_MS, Centre
from collectors.demo_centre.dialer_file import DialerFile
from collectors.demo_centre.orders import Orders
from collectors.demo_centre.planning import PLAN_HEADER
from collectors.demo_centre.settings_text import BesidePaths
from collectors.demo_centre.trunks import TRUNKS_HEADER

_TAIL_BYTES = 4_096


class Beside:
    """Writes them into the folder of the queue_log; goes on behind what stands there already."""

    def __init__(self, queue_log: Path, centre: Centre) -> None:
        self.plan_path = queue_log.with_name("shifts.csv")
        self.trunks_path = queue_log.with_name("trunks.csv")
        self.orders_folder = queue_log.with_name("orders")
        self._centre = centre
        self._trunks = centre.trunk_counts()
        self._orders = Orders(centre.seed, centre.day_start_ms)
        self._dialer = DialerFile(queue_log.with_name("dialer.sqlite"), centre.seed, centre.day_start_ms, BACKFILL_MS)

    @property
    def paths(self) -> BesidePaths:
        """Where they are, as settings name it."""
        return BesidePaths(str(self.trunks_path), str(self.plan_path), str(self._dialer.path), str(self.orders_folder))

    def make(self) -> None:
        """Writes the plan, and makes everything else that is missing without any content, so that it can be read.

        Raises `OSError` and `sqlite3.Error` when a file cannot be written.
        """
        fresh = self.plan_path.with_suffix(".new")
        fresh.write_text("\n".join([PLAN_HEADER, *self._centre.plan(), ""]), "utf-8")
        os.replace(fresh, self.plan_path)
        if not self.trunks_path.exists():
            self.trunks_path.write_text(f"{TRUNKS_HEADER}\n", "utf-8")
        self.orders_folder.mkdir(exist_ok=True)
        self._dialer.make()

    def begin(self, now_ms: int) -> None:
        """Writes everything up to now. Raises as `make` does."""
        self.make()
        self._trunks.advance(self._last_count_ms())
        self.advance(now_ms)

    def advance(self, now_ms: int) -> None:
        """Appends the counts of every minute that has passed, and what was ordered and dialled."""
        rows = self._trunks.advance(now_ms)
        if rows:
            with self.trunks_path.open("a", encoding="utf-8", newline="\n") as file:
                file.write("\n".join(rows) + "\n")
        self._dialer.advance(now_ms)
        for name, lines in self._orders.advance(now_ms):
            self._drop(name, "\n".join([*lines, ""]).encode())

    def close(self) -> None:
        """Gives the dialer's database back."""
        self._dialer.close()

    def _drop(self, name: str, content: bytes) -> None:
        """A file of orders, as its sender would leave it: the checksum first, renamed when it is complete."""
        path = self.orders_folder / f"{name}.csv"
        if path.exists():
            return
        path.with_name(f"{path.name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")
        part = path.with_suffix(".csv.part")
        part.write_bytes(content)
        part.rename(path)

    def _last_count_ms(self) -> int:
        with self.trunks_path.open("rb") as file:
            file.seek(max(0, self.trunks_path.stat().st_size - _TAIL_BYTES))
            whole, _, torn = file.read().rpartition(b"\n")
        if torn:  # a writer that was killed may have left half a row
            os.truncate(self.trunks_path, self.trunks_path.stat().st_size - len(torn))
        last = whole.rpartition(b"\n")[2].partition(b",")[0]
        return int(last) * 1000 if last.isdigit() else 0
