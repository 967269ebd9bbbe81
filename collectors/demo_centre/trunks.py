"""What a carrier counts in front of the simulated centre: channels in use, busy and blocked calls, minute by minute.

Pure. The counts follow the load of the day and not the single calls, so they fit them only on the whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random

from collectors.demo_centre.clockwork import chance
from collectors.demo_centre.hotlines import HALF_HOUR_SECONDS, Hotline
from collectors.demo_centre.staffing import load_at
from collectors.demo_centre.story import MINUTE_MS

TRUNKS_HEADER = "time,number,trunk,channels,in_use,busy,blocked"
_WAIT_SECONDS = 40
_SPARE = 1.02
_BUSY_SHARE = 0.04


def numbered(hotlines: Sequence[Hotline]) -> Iterable[tuple[str, Hotline]]:
    """The service number of each hotline."""
    return ((f"0800 4711 {place:03}", hotline) for place, hotline in enumerate(hotlines, start=1))


class TrunkCounts:
    """One trunk for each hotline, counted at every full minute from the one behind `day_start_ms` on."""

    def __init__(self, seed: int, hotlines: Sequence[Hotline], day_start_ms: int) -> None:
        self._day_start_ms = day_start_ms
        self._counted_ms = day_start_ms
        self._trunks = [
            _Trunk(number, hotline, chance(seed, "trunk", number)) for number, hotline in numbered(hotlines)
        ]

    def advance(self, until_ms: int) -> list[str]:
        """The rows since the last call up to and including `until_ms`, without a header."""
        rows = []
        while self._counted_ms + MINUTE_MS <= until_ms:
            self._counted_ms += MINUTE_MS
            load = load_at(self._day_start_ms, self._counted_ms)
            rows += [f"{self._counted_ms // 1000},{trunk.next_minute(load)}" for trunk in self._trunks]
        return rows


class _Trunk:
    def __init__(self, number: str, hotline: Hotline, random: Random) -> None:
        self._number = number
        self._random = random
        self._erlangs = hotline.peak_calls * (hotline.busy_seconds + _WAIT_SECONDS) / HALF_HOUR_SECONDS
        self._channels = max(4, math.ceil(self._erlangs * _SPARE))
        self._busy = self._blocked = 0

    def next_minute(self, load: float) -> str:
        wanted = round(load * self._erlangs * self._random.uniform(0.85, 1.22))
        in_use = min(wanted, self._channels)
        self._blocked += wanted - in_use
        self._busy += self._random.random() < _BUSY_SHARE
        return f"{self._number},SIP,{self._channels},{in_use},{self._busy},{self._blocked}"
