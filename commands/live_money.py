"""The money of the live picture, worked out apart, so that the screens of everybody else go on meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from commands.money import CountedBetween, Money
from dashboard.users import Apart
from streams.money.postings import Posting
from streams.reading import Reading, Sums
from streams.records import VISITS, Cell

_RETRY_MS = 30_000
_logger = logging.getLogger("money")
_Counted = Mapping[Cell, Sequence[Sums]]


class _NotCountedYet(Exception):
    """What the month counted between `cuts` is still being recounted."""

    def __init__(self, cuts: Sequence[int]) -> None:
        super().__init__("the month is being recounted")
        self.cuts = tuple(cuts)


class LiveMoney:
    """Postings of the newest picture. `between(as_of_ms)` gives what was counted between edges, and may take minutes:
    it is asked in the background, and until it has answered included volumes have no price.

    Work runs through `apart`. What the history lacks (`not_kept`) `Money` deals with; any other failure is logged once
    and tried again.
    """

    def __init__(
        self, of: Money, between: Callable[[int], CountedBetween], apart: Apart, not_kept: tuple[type[Exception], ...]
    ) -> None:
        self._money = of
        self._between = between
        self._apart = apart
        self._not_kept = not_kept
        self._counted: dict[tuple[int, ...], _Counted | Exception] = {}
        self._counting: tuple[int, ...] | None = None
        self._again_ms = 0
        self._well = True

    def of_windows(self, readings: Sequence[Reading], as_of_ms: int) -> Mapping[str, Sequence[Posting]]:
        """What is posted in each window; without what an included volume prices while the month is being recounted."""
        own = list(map(_of_money, readings))
        try:
            return self._apart(lambda: self._money.windows(own, as_of_ms, self._known))
        except _NotCountedYet as lacking:
            # Not begun in `_known`: that runs in a thread of the pool, where no other may be started.
            if self._counting != lacking.cuts and as_of_ms >= self._again_ms:
                self._counting = lacking.cuts
                count = threading.Thread(
                    target=self._count, args=(lacking.cuts, as_of_ms), name="recount of the month", daemon=True
                )
                count.start()
            return self._apart(lambda: self._money.windows_without_the_month(own, as_of_ms))

    def _known(self, cuts: list[int]) -> _Counted:
        found = self._counted.get(tuple(cuts))
        if found is None:
            raise _NotCountedYet(cuts)
        if isinstance(found, Exception):
            raise found
        return found

    def _count(self, cuts: tuple[int, ...], as_of_ms: int) -> None:
        try:
            found: _Counted | Exception = self._apart(lambda: self._between(as_of_ms)(list(cuts)))
        except self._not_kept as error:
            found = error
        except Exception:
            if self._well:
                _logger.exception("the month cannot be recounted, so included volumes have no price; trying again")
            self._well, self._counting, self._again_ms = False, None, as_of_ms + _RETRY_MS
            return
        if not self._well:
            _logger.warning("the month can be recounted again")
        self._well = True
        self._counted = {cuts: found}
        self._counting = None


def _of_money(reading: Reading) -> Reading:
    """Of visits money needs to know only where there are any."""
    if reading.cell.family != VISITS:
        return reading
    return Reading(reading.cell, [], [0] * 4, [[]] * 4, 0, 0, None, reading.day_start_ms, [])
