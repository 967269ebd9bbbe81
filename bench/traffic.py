"""Made-up records for the benches: seeded, in order of time, as many a second as asked, over as many hotlines.

A visit gives two or three records: it arrives, its wait ends (nine of ten are answered, the rest abandoned), and
what was answered is handled. One contact in fifty never gets past the door. Hotlines are drawn evenly, so 5,000 of
them spread the records as thinly as possible.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from streams.batch import Batch, Tally
from streams.codec import encode
from streams.records import ID_BYTES, Arrived, AtTheDoor, Cell, Door, Ended, Fact, Handled, Outcome

START_MS = 1_763_776_800_000
"""2025-11-22T02:00:00Z: no business day ends within a bench."""

_ANSWERED, _AT_THE_DOOR = 0.9, 0.02
_RECORDS_PER_CONTACT = (1 - _AT_THE_DOOR) * (2 + _ANSWERED) + _AT_THE_DOOR
_MEAN_WAIT_MS, _MEDIAN_TALK_MS = 12_000, 160_000
_BLOCK_MS = 60_000


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


def facts(hotlines: int, per_second: int, seconds: int, seed: int = 1) -> Iterator[Fact]:
    """Records of [START_MS, START_MS + seconds) in order of time, about `per_second` each second once calls end."""
    random = np.random.default_rng(seed)
    places = cells(hotlines)
    pending: list[tuple[int, Fact]] = []
    for block in range(0, seconds * 1000, _BLOCK_MS):
        until = min(block + _BLOCK_MS, seconds * 1000)
        expected = per_second * (until - block) / 1000 / _RECORDS_PER_CONTACT
        pending += _contacts(random, places, round(expected), START_MS + block, START_MS + until)
        pending.sort(key=lambda dated: dated[0])
        behind = next((row for row, (at_ms, _) in enumerate(pending) if at_ms >= START_MS + until), len(pending))
        yield from (fact for _, fact in pending[:behind])
        del pending[:behind]


def _contacts(
    random: np.random.Generator, places: list[Cell], count: int, from_ms: int, to_ms: int
) -> list[tuple[int, Fact]]:
    ids = random.bytes(count * ID_BYTES)
    arrived = np.sort(random.integers(from_ms, to_ms, count))
    ended = arrived + random.exponential(_MEAN_WAIT_MS, count).astype(np.int64)
    talk = random.lognormal(np.log(_MEDIAN_TALK_MS), 0.6, count).astype(np.int64)
    rows = zip(
        arrived.tolist(),
        ended.tolist(),
        talk.tolist(),
        random.integers(0, len(places), count).tolist(),
        (random.random(count) < _AT_THE_DOOR).tolist(),
        (random.random(count) < _ANSWERED).tolist(),
        strict=True,
    )
    dated: list[tuple[int, Fact]] = []
    for number, (arrived_ms, ended_ms, talk_ms, place, at_the_door, answered) in enumerate(rows):
        visit = ids[number * ID_BYTES : (number + 1) * ID_BYTES]
        if at_the_door:
            dated.append((arrived_ms, AtTheDoor(visit, arrived_ms, Door.BUSY_PLAYED, places[place])))
            continue
        dated.append((arrived_ms, Arrived(visit, arrived_ms, places[place])))
        dated.append((ended_ms, Ended(visit, ended_ms, Outcome.ANSWERED if answered else Outcome.ABANDONED)))
        if answered:
            dated.append((ended_ms + talk_ms, Handled(visit, ended_ms + talk_ms, talk_ms)))
    return dated


def payload(chunk: list[Fact], sequence: int) -> bytes:
    """These records as one log entry."""
    tally = Tally(received=len(chunk), counted=len(chunk))
    return encode(Batch("bench", sequence, chunk[-1].at_ms, tally, chunk, chunk[-1].at_ms))


def json_lines(records: list[Fact], hotline_of: dict[bytes, str]) -> list[bytes]:
    """The same records, a JSON document each.

    Every line names its hotline, which a record in the log need not, and leaves the other dimensions out: both make
    the naive loop's work smaller, not larger. `hotline_of` remembers visits whose later records are still to come.
    """
    lines = []
    for fact in records:
        line: dict[str, str | int] = {"kind": type(fact).__name__, "at_ms": fact.at_ms}
        match fact:
            case Arrived() | AtTheDoor():
                hotline_of[fact.visit] = fact.cell.hotline
                if isinstance(fact, AtTheDoor):
                    line["door"] = int(fact.door)
            case Ended():
                line["outcome"] = int(fact.outcome)
            case Handled():
                line["talk_ms"] = fact.talk_ms
            case _:
                message = f"no line for {fact}"
                raise TypeError(message)
        line |= {"visit": fact.visit.hex(), "hotline": hotline_of[fact.visit]}
        lines.append(json.dumps(line).encode())
    return lines
