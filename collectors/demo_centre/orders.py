"""The orders that the simulated centre takes by telephone, and those that are cancelled later (pure).

They follow the load of the day and not the single calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collectors.demo_centre.clockwork import chance
from collectors.demo_centre.staffing import load_at
from collectors.demo_centre.story import MINUTE_MS

ORDERS_HEADER = "order;time;cancels;project;campaign;hotline;revenue;currency"
SLOT_MS = 5 * MINUTE_MS
CANCELLED_SHARE = 0.035
_CANCELLED_AFTER_MINUTES = (6, 150)
_ZONE = ZoneInfo("Europe/Berlin")


class Selling(NamedTuple):
    """A hotline that takes orders: so many an hour at the peak, and what we earn by each in cents, [least, most]."""

    hotline: str
    prefix: str
    an_hour: float
    cents: tuple[int, int]


SELLING = (
    Selling("Bestellung Nord", "BN", 150, (60, 190)),
    Selling("Bestellung Süd", "BS", 145, (60, 190)),
    # What an order is worth here says the contract.
    Selling("Neukunden", "NK", 40, (0, 0)),
)


class _Taken(NamedTuple):
    at_ms: int
    order: str
    cancels: str
    hotline: str
    cents: int


class Orders:
    """One file of rows for each five minutes since `day_start_ms`, once they are over."""

    def __init__(self, seed: int, day_start_ms: int) -> None:
        self._seed = seed
        self._day_start_ms = day_start_ms
        self._slot = 0
        self._to_cancel: list[_Taken] = []

    def advance(self, until_ms: int) -> Iterator[tuple[str, list[str]]]:
        """The name and the lines of each file that is complete by then and was not given before."""
        while self._day_start_ms + (self._slot + 1) * SLOT_MS <= until_ms:
            begins_ms = self._day_start_ms + self._slot * SLOT_MS
            self._slot += 1
            rows = sorted([*self._taken(begins_ms), *self._cancelled(begins_ms + SLOT_MS)])
            yield f"orders-{self._text(begins_ms):%Y%m%d-%H%M%z}", [ORDERS_HEADER, *map(self._line, rows)]

    def _taken(self, begins_ms: int) -> Iterator[_Taken]:
        random = chance(self._seed, "orders", begins_ms)
        for selling in SELLING:
            share = selling.an_hour * load_at(self._day_start_ms, begins_ms) * SLOT_MS / (60 * MINUTE_MS)
            for number in range(int(share + random.random())):
                at_ms = begins_ms + random.randrange(SLOT_MS)
                order = f"{selling.prefix}-{begins_ms // MINUTE_MS}-{number}"
                one = _Taken(at_ms, order, "", selling.hotline, random.randint(*selling.cents))
                if random.random() < CANCELLED_SHARE:
                    later_ms = int(random.uniform(*_CANCELLED_AFTER_MINUTES) * MINUTE_MS)
                    self._to_cancel.append(one._replace(at_ms=at_ms + later_ms, order=f"ST-{order}", cancels=order))
                yield one

    def _cancelled(self, until_ms: int) -> list[_Taken]:
        due = [one for one in self._to_cancel if one.at_ms < until_ms]
        self._to_cancel = [one for one in self._to_cancel if one.at_ms >= until_ms]
        return [one._replace(cents=-one.cents) for one in due]

    def _line(self, one: _Taken) -> str:
        at = f"{self._text(one.at_ms):%Y-%m-%dT%H:%M:%S%z}"
        return f"{one.order};{at};{one.cancels};;;{one.hotline};{one.cents / 100:.2f};EUR"

    @staticmethod
    def _text(at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, _ZONE)
