"""What goes to which part of a log, so that nothing that is counted as one ever splits (pure).

A visit goes to the part of its hotline: all facts of a visit name the same hotline, so neither a visit nor a cell of
visits is in two parts, and totals over parts are sums. What a further family counts once goes whole to one part: a
person over all hotlines, a call list, an order, the attempts of a campaign (its leads are counted once; an attempt
never moves to another campaign), a trunk, and all shifts and absences together, because an absence takes from whatever
work is planned. Its cells may be in several parts; their readings add up (`reading.added`).
Heartbeats go to every part, so that each knows how far its feeds are heard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from streams.batch import Batch, Tally
from streams.records import (
    Arrived,
    Attempted,
    AtTheDoor,
    Fact,
    ListCounted,
    Ordered,
    Rostered,
    Seen,
    TrunkCounted,
    Worked,
)

_SHIFTS = "shifts and absences"


def part_of(name: str, parts: int) -> int:
    """The part, from 0, of what is called so. The same for ever: the number of parts of a log never changes."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % parts


def key_of(fact: Fact) -> str:
    """What this fact's part is called after: a hotline, a person, a call list, an order or a campaign."""
    match fact:
        case Arrived() | AtTheDoor() | Seen():
            return fact.cell.hotline
        case Worked():
            return fact.agent.hex()
        case ListCounted():
            return fact.call_list.hex()
        case Ordered():
            return fact.order.hex()
        case Attempted():
            return fact.cell.campaign or fact.cell.hotline
        case TrunkCounted():
            return fact.trunk.hex()
        case Rostered():
            return _SHIFTS
        case _:
            return fact.hotline


def split(batch: Batch, parts: int) -> list[Batch]:
    """One batch for every part: same feed, number and time, each with its own facts; without any it is a heartbeat.

    The tally stands in the part of the feed's name only, so that sums over parts count each line once.
    """
    if parts == 1:
        return [batch]
    facts: list[list[Fact]] = [[] for _ in range(parts)]
    places: list[list[int]] = [[] for _ in range(parts)]
    known: dict[str, int] = {}
    for place, fact in enumerate(batch.facts):
        key = key_of(fact)
        part = known.get(key)
        if part is None:
            part = known[key] = part_of(key, parts)
        facts[part].append(fact)
        places[part].append(place)
    home = part_of(batch.feed, parts)
    return [
        msgspec.structs.replace(
            batch,
            tally=batch.tally if part == home else Tally(),
            facts=facts[part],
            places=places[part],
        )
        for part in range(parts)
    ]


def join(batches: Sequence[Batch]) -> list[Fact]:
    """The facts of a batch in their first order, from what `split` made of it. Parts that are missing leave gaps."""
    if len(batches) == 1:
        return batches[0].facts
    placed: Iterable[tuple[int, Fact]] = (
        (place, fact) for batch in batches for place, fact in zip(batch.places, batch.facts, strict=True)
    )
    return [fact for _, fact in sorted(placed, key=lambda pair: pair[0])]
