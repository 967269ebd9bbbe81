"""Made-up records for the benches: seeded, in order of time, as many a second as asked, over as many hotlines.

A visit gives two or three records: it arrives, its wait ends (nine of ten are answered, the rest abandoned), and
what was answered is handled. One contact in fifty never gets past the door. Hotlines are drawn evenly, so 5,000 of
them spread the records as thinly as possible.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from streams.batch import Batch, Tally
from streams.codec import ARRIVED, DOOR, ENDED, HANDLED, NONE, encode, encode_cell
from streams.columns import Columns
from streams.id_table import halves
from streams.records import ID_BYTES, Arrived, AtTheDoor, Cell, Door, Ended, Fact, Handled, Outcome

START_MS = 1_763_776_800_000
"""2025-11-22T02:00:00Z: no business day ends within a bench."""

_ANSWERED, _AT_THE_DOOR = 0.9, 0.02
_RECORDS_PER_CONTACT = (1 - _AT_THE_DOOR) * (2 + _ANSWERED) + _AT_THE_DOOR
_MEAN_WAIT_MS, _MEDIAN_TALK_MS = 12_000, 160_000
_BLOCK_MS = 60_000

DIMENSIONS = ("provider", "site", "team", "project", "client")

Rows = npt.NDArray[np.void]
_ROW = np.dtype(
    [
        ("at_ms", "<i8"),
        ("visit", f"V{ID_BYTES}"),
        ("place", "<i4"),
        ("talk_ms", "<i4"),
        ("kind", "u1"),
        ("code", "u1"),
    ]
)


def cells(hotlines: int) -> list[Cell]:
    """One cell per hotline, spread over 4 providers, 9 teams, 5 projects and 3 clients."""
    return [
        Cell(
            f"hotline {number}",
            provider=f"provider {number % 4}",
            site=f"site {number % 4}",
            team=f"team {number % 9}",
            project=f"project {number % 5}",
            client=f"client {number % 3}",
        )
        for number in range(hotlines)
    ]


def minutes(hotlines: int, per_second: int, seconds: int, seed: int = 1) -> Iterator[Rows]:
    """Records of [START_MS, START_MS + seconds) in order of time, a minute at a time.

    About `per_second` of them each second once the first calls have ended. `place` numbers the hotline.
    """
    random = np.random.default_rng(seed)
    pending = np.zeros(0, _ROW)
    for block in range(0, seconds * 1000, _BLOCK_MS):
        until = min(block + _BLOCK_MS, seconds * 1000)
        contacts = round(per_second * (until - block) / 1000 / _RECORDS_PER_CONTACT)
        rows = np.concatenate([pending, _contacts(random, hotlines, contacts, START_MS + block, START_MS + until)])
        rows = rows[np.argsort(rows["at_ms"], kind="stable")]
        behind = int(np.searchsorted(rows["at_ms"], START_MS + until))
        yield rows[:behind]
        pending = rows[behind:]


def _contacts(random: np.random.Generator, hotlines: int, count: int, from_ms: int, to_ms: int) -> Rows:
    arrived = np.zeros(count, _ROW)
    arrived["at_ms"] = random.integers(from_ms, to_ms, count)
    arrived["visit"] = np.frombuffer(random.bytes(count * ID_BYTES), f"V{ID_BYTES}")
    arrived["place"] = random.integers(0, hotlines, count)
    at_the_door = random.random(count) < _AT_THE_DOOR
    arrived["kind"] = np.where(at_the_door, DOOR, ARRIVED)
    arrived["code"] = np.where(at_the_door, Door.BUSY_PLAYED, 0)
    ended = arrived[~at_the_door].copy()
    ended["at_ms"] += random.exponential(_MEAN_WAIT_MS, len(ended)).astype(np.int64)
    ended["kind"] = ENDED
    answered = random.random(len(ended)) < _ANSWERED
    ended["code"] = np.where(answered, Outcome.ANSWERED, Outcome.ABANDONED)
    handled = ended[answered].copy()
    handled["talk_ms"] = random.lognormal(np.log(_MEDIAN_TALK_MS), 0.6, len(handled))
    handled["at_ms"] += handled["talk_ms"]
    handled["kind"], handled["code"] = HANDLED, 0
    return np.concatenate([arrived, ended, handled])


def columns(rows: Rows, places: list[Cell], sequence: int) -> Columns:
    """These records as the engine takes them, without the way through the log."""
    named = (rows["kind"] == ARRIVED) | (rows["kind"] == DOOR)
    talk_ms = rows["talk_ms"][rows["kind"] == HANDLED]
    handling = np.full((len(talk_ms), 3), NONE, np.int32)
    handling[:, 0] = talk_ms
    last_ms = int(rows["at_ms"][-1])
    return Columns(
        *("bench", sequence, last_ms, _tally(len(rows)), last_ms, "live", ""),
        cells=[encode_cell(cell) for cell in places],
        agents=[],
        kind=rows["kind"].copy(),
        visit=halves(rows["visit"].tobytes()),
        at_ms=rows["at_ms"].copy(),
        ref=np.where(named, rows["place"], NONE).astype(np.int32),
        code=rows["code"].copy(),
        version=np.zeros(len(rows), np.uint8),
        handling=handling,
    )


def payload(rows: Rows, places: list[Cell], sequence: int) -> bytes:
    """These records as one log entry, encoded as a collector does it."""
    last_ms = int(rows["at_ms"][-1])
    return encode(Batch("bench", sequence, last_ms, _tally(len(rows)), list(_facts(rows, places)), last_ms))


def _tally(count: int) -> Tally:
    return Tally(received=count, counted=count)


def _facts(rows: Rows, places: list[Cell]) -> Iterator[Fact]:
    for at_ms, visit, place, talk_ms, kind, code in rows.tolist():
        if kind == ARRIVED:
            yield Arrived(visit, at_ms, places[place])
        elif kind == DOOR:
            yield AtTheDoor(visit, at_ms, Door(code), places[place])
        elif kind == ENDED:
            yield Ended(visit, at_ms, Outcome(code))
        else:
            yield Handled(visit, at_ms, talk_ms)


def json_lines(rows: Rows, places: list[Cell]) -> list[bytes]:
    """The same records, a JSON document each.

    An arrival carries its dimensions, as in the log. Every line also names its hotline, which only an arrival does in
    the log, so that the naive loop need not remember visits.
    """
    lines = []
    named = zip(_facts(rows, places), rows["visit"].tolist(), rows["place"].tolist(), strict=True)
    for fact, visit, place in named:
        line: dict[str, str | int] = {
            "kind": type(fact).__name__,
            "visit": visit.hex(),
            "at_ms": fact.at_ms,
            "hotline": places[place].hotline,
        }
        match fact:
            case Arrived():
                line |= {name: getattr(fact.cell, name) for name in DIMENSIONS}
            case AtTheDoor():
                line |= {name: getattr(fact.cell, name) for name in DIMENSIONS}
                line["door"] = int(fact.door)
            case Ended():
                line["outcome"] = int(fact.outcome)
            case Handled():
                line["talk_ms"] = fact.talk_ms
        lines.append(json.dumps(line).encode())
    return lines
