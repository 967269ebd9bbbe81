"""The files that other systems of the simulated centre write beside its queue_log: the plan and the trunks."""

from __future__ import annotations

import os
from pathlib import Path

from collectors.demo_centre.centre import Centre
from collectors.demo_centre.planning import PLAN_HEADER
from collectors.demo_centre.trunks import TRUNKS_HEADER

_TAIL_BYTES = 4_096


class Beside:
    """Writes both files of a centre into the folder of its queue_log; goes on behind what stands there already."""

    def __init__(self, queue_log: Path, centre: Centre) -> None:
        self.plan_path = queue_log.with_name("shifts.csv")
        self.trunks_path = queue_log.with_name("trunks.csv")
        self._centre = centre
        self._trunks = centre.trunk_counts()

    def begin(self, now_ms: int) -> None:
        """Writes the plan, and the trunks' counts up to now. Raises `OSError` when a file cannot be written."""
        fresh = self.plan_path.with_suffix(".new")
        fresh.write_text("\n".join([PLAN_HEADER, *self._centre.plan(), ""]), "utf-8")
        os.replace(fresh, self.plan_path)
        if not self.trunks_path.exists():
            self.trunks_path.write_text(f"{TRUNKS_HEADER}\n", "utf-8")
        self._trunks.advance(self._last_count_ms())
        self.advance(now_ms)

    def advance(self, now_ms: int) -> None:
        """Appends the counts of every minute that has passed."""
        rows = self._trunks.advance(now_ms)
        if rows:
            with self.trunks_path.open("a", encoding="utf-8", newline="\n") as file:
                file.write("\n".join(rows) + "\n")

    def _last_count_ms(self) -> int:
        with self.trunks_path.open("rb") as file:
            file.seek(max(0, self.trunks_path.stat().st_size - _TAIL_BYTES))
            whole, _, torn = file.read().rpartition(b"\n")
        if torn:  # a writer that was killed may have left half a row
            os.truncate(self.trunks_path, self.trunks_path.stat().st_size - len(torn))
        last = whole.rpartition(b"\n")[2].partition(b",")[0]
        return int(last) * 1000 if last.isdigit() else 0
