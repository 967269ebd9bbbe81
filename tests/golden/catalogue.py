"""The golden days: what each is about, how its queues are measured, where its files are."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

from tests.batch.count import Rules
from tests.batch.local_days import instant_ms
from tests.golden.lines import Traffic

FOLDER = Path(__file__).with_name("days")
BERLIN = "Europe/Berlin"
INTERVALS = ("15m", "1h")


@dataclass(frozen=True)
class LineDay:
    """A day of queue_log lines. `rules` by queue; `settings` says the same in the words of the settings file."""

    name: str
    traffic: Traffic
    settings: str
    rules: dict[str, Rules]

    def lines(self) -> list[str]:
        """The recorded file, line by line."""
        return read_text(FOLDER / f"{self.name}.queue_log.gz").splitlines()


@dataclass(frozen=True)
class FactDay:
    """A day of batches as collectors append them. Between two of them the processor's clock goes on."""

    name: str
    seed: int
    begins_ms: int
    changed_threshold_ms: int | None = field(default=None)


def read_text(path: Path) -> str:
    """The text of a gzip file."""
    return gzip.decompress(path.read_bytes()).decode()


def write_text(path: Path, text: str) -> None:
    """A gzip file that is the same whenever the text is."""
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _seconds(*clock: int, zone: str = BERLIN) -> int:
    year, month, day, hour, minute = (*clock, 0, 0)[:5]
    return instant_ms(year, month, day, hour, minute, zone=zone) // 1000


def _day(name: str, traffic: Traffic, rules: dict[str, Rules]) -> LineDay:
    """Berlin is the default site; a queue whose rules differ in clock stands at a site of its own."""
    first = next(iter(rules.values()))
    text = f'[site]\nzone = "{first.zone}"\nday_start = "{first.day_begins:%H:%M}"\n'
    text += '[feeds.queue_log]\ncollector = "queue_log"\npath = "queue_log"\nsupplies = ["talk", "acw", "door"]\n'
    for queue, one in rules.items():
        text += f'[[sites]]\nname = "at {queue}"\nzone = "{one.zone}"\nday_start = "{one.day_begins:%H:%M}"\n'
        text += f'[[queues]]\nqueue = "{queue}"\nsite = "at {queue}"\nprovider = "of {queue}"\n'
        text += f'[hotlines."{queue}"]\nthreshold_seconds = {one.threshold_ms / 1000}\n'
        text += f"short_abandon_seconds = {one.short_abandon_ms / 1000}\n"
    return LineDay(name, traffic, text, rules)


def _two(zone: str = BERLIN, begins: time = time(0, 0)) -> dict[str, Rules]:
    return {
        "orders": Rules(zone=zone, day_begins=begins),
        "service": Rules(30_000, 10_000, zone=zone, day_begins=begins),
    }


_TWO = ("orders", "service")
LINE_DAYS = (
    _day("spring", Traffic(1, _seconds(2026, 3, 28, 22), _seconds(2026, 3, 30, 1), _TWO, 420), _two()),
    _day("autumn", Traffic(2, _seconds(2026, 10, 24, 22), _seconds(2026, 10, 26, 1), _TWO, 420), _two()),
    _day(
        "midnight_shift",
        Traffic(3, _seconds(2026, 7, 7, 20), _seconds(2026, 7, 8, 23), _TWO, 420),
        _two(begins=time(22, 0)),
    ),
    _day(
        "restart_gap",
        Traffic(
            4,
            _seconds(2026, 5, 5),
            _seconds(2026, 5, 6),
            _TWO,
            420,
            (
                (_seconds(2026, 5, 5, 10), _seconds(2026, 5, 5, 10, 40)),
                (_seconds(2026, 5, 5, 15), _seconds(2026, 5, 5, 15, 1)),
            ),
        ),
        _two(),
    ),
    _day(
        "busy",
        Traffic(
            5,
            _seconds(2026, 6, 1, 6),
            _seconds(2026, 6, 1, 20),
            ("orders", "service", "claims"),
            1_800,
            crowded=(_seconds(2026, 6, 1, 10), _seconds(2026, 6, 1, 10, 45)),
        ),
        {**_two(), "claims": Rules(45_000, 0, zone=BERLIN)},
    ),
    _day(
        "transfers",
        Traffic(6, _seconds(2026, 6, 2, 8), _seconds(2026, 6, 2, 18), _TWO, 320, transfers=0.5, reentries=0.3),
        _two(),
    ),
    _day(
        "two_zones",
        Traffic(7, _seconds(2026, 10, 31, 20), _seconds(2026, 11, 2, 7), ("lisbon", "new-york"), 420),
        {"lisbon": Rules(zone="Europe/Lisbon"), "new-york": Rules(10_000, 10_000, zone="America/New_York")},
    ),
)
FACT_DAYS = (
    FactDay("late_and_corrected", 8, _seconds(2026, 7, 7, 21) * 1000),
    FactDay("threshold_changed", 9, _seconds(2026, 7, 8, 8) * 1000, _seconds(2026, 7, 8, 12) * 1000),
)
