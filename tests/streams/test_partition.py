"""What goes to which part: nothing splits, nothing is lost, and the first order comes back."""

from __future__ import annotations

import random

import msgspec
import pytest

from streams.batch import Batch, Tally
from streams.codec import decode, encode
from streams.partition import join, key_of, part_of, split
from streams.records import (
    Arrived,
    Attempted,
    AtTheDoor,
    Cell,
    Door,
    Ended,
    Fact,
    GivenUp,
    Handled,
    ListCounted,
    Ordered,
    Outcome,
    Plan,
    Rostered,
    Seen,
    TrunkCounted,
    Work,
    Worked,
    identify,
)


def batch(seed: int, calls: int = 60) -> Batch:
    chance = random.Random(seed)
    facts: list[Fact] = []
    for number in range(calls):
        hotline = f"hotline {chance.randrange(9)}"
        visit, at_ms = identify(seed, number), 1_000 * number
        facts += [
            Arrived(visit, at_ms, Cell(hotline, provider=f"p{number % 3}")),
            Ended(visit, at_ms + 5, Outcome.ANSWERED, b"agent", hotline=hotline),
            Handled(visit, at_ms + 9, 4, hotline=hotline),
            GivenUp(visit, at_ms + 7, hotline),
            AtTheDoor(identify(seed, number, "door"), at_ms, Door.CLOSED, Cell(hotline)),
            Seen(at_ms, Cell(hotline)),
            Worked(identify("p", number % 7), at_ms, Work.JOINED, number, identify("l"), Cell(hotline), Cell("", "P")),
            Attempted(identify(seed, number, "try"), at_ms, campaign(number), 0, lead=identify("lead", number % 5)),
            ListCounted(identify("list", number % 4), at_ms, campaign(number), *(1,) * 8),
            TrunkCounted(
                identify("trunk", number % 5), at_ms, Cell(hotline, family="trunks"), 9, 1, 0, 0, True, 60_000
            ),
            Rostered(identify(number), at_ms, at_ms + 9, identify("p", number % 7), Cell(hotline), Plan.WORK),
        ]
    chance.shuffle(facts)
    tally = Tally(received=9, counted=8, dead=1)
    return Batch("acd", 7, 12_345, tally, facts, 60_000, "error", "why")


def campaign(number: int) -> Cell:
    return Cell("", campaign=f"campaign {number % 3}", family="outbound")


def whole_keys(fact: Fact) -> list[bytes | str]:
    """What must be in one part only because of this fact."""
    match fact:
        case Seen():
            return [fact.cell.hotline]
        case Worked():
            return [fact.agent]
        case Attempted():
            return [fact.attempt, fact.lead + fact.cell.campaign.encode()]
        case ListCounted():
            return [fact.call_list]
        case Ordered():
            return [fact.order]
        case TrunkCounted():
            return [fact.trunk]
        case Rostered():
            return ["shifts"]
        case _:
            return [key_of(fact), fact.visit]


@pytest.mark.parametrize("parts", [1, 2, 8, 64])
def test_a_split_keeps_everything_once_and_visits_and_cells_whole(parts: int) -> None:
    whole = batch(seed=parts)
    pieces = split(whole, parts)
    assert len(pieces) == parts
    assert join(pieces) == whole.facts
    total = Tally()
    for piece in pieces:
        total.add(piece.tally)
        said = (piece.feed, piece.sequence, piece.collected_ms, piece.last_event_ms, piece.state, piece.message)
        assert said == ("acd", 7, 12_345, 60_000, "error", "why")
    assert total == whole.tally
    homes: dict[bytes | str, int] = {}
    for number, piece in enumerate(pieces):
        for fact in piece.facts:
            for key in whole_keys(fact):
                assert homes.setdefault(key, number) == number


def bare(fact: Fact) -> Fact:
    """As it comes back from the log, where the hotline of a visit stands once."""
    return msgspec.structs.replace(fact, hotline="") if isinstance(fact, Ended | Handled | GivenUp) else fact


def test_the_first_order_comes_back_from_the_log() -> None:
    pieces = split(batch(seed=3), 4)
    read = [decode(encode(piece)) for piece in pieces]
    assert join(read) == [bare(fact) for fact in batch(seed=3).facts]


def test_a_heartbeat_reaches_every_part_and_counts_once() -> None:
    pieces = split(Batch("acd", 1, 5, Tally(received=2, dead=2), []), 8)
    assert [piece.sequence for piece in pieces] == [1] * 8
    assert sum(piece.tally.received for piece in pieces) == 2


def test_a_name_has_the_same_part_for_ever() -> None:
    """Known answers: a log that exists must be read the same by every release."""
    assert [part_of(name, 8) for name in ("", "Verkauf", "Service", "Börse", "a\udcff")] == KNOWN
    assert {part_of(f"hotline {number}", 8) for number in range(200)} == set(range(8))


KNOWN = [4, 2, 7, 0, 4]
