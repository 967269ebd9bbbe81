"""Campaigns, shifts and postings with chosen figures, for the tests of what boards show beside visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec.structs import replace

from streams.money.postings import Kind, Posting
from streams.reading import Reading, further
from streams.records import Cell
from tests.dashboard.boards import DAY_START_MS

Postings = dict[str, list[Posting]]


def cell(name: str, project: str = "", client: str = "", provider: str = "Nordcall") -> Cell:
    """The cell of a campaign."""
    return Cell("", provider, project=project, client=client, family="outbound", campaign=name)


def campaign(of: Cell, now: tuple[int, int], day: tuple[int, int], dropped: int = 0) -> Reading:
    """A campaign that reached (so many people, in so many attempts) now and today; of today's so many were dropped."""
    windows = {}
    for window, (contacts, attempts) in {"30m": now, "day": day}.items():
        windows[window] = {
            "attempts": attempts,
            "connected": contacts,
            "human_contacts": contacts,
            "right_party_contacts": contacts // 2,
            "successes": contacts // 10,
            "dropped_live": dropped if window == "day" else 0,
        }
    return further(of, DAY_START_MS, windows, {"attempts_last_30m": now[1]})


def stock(of: Cell, remaining_attempts: int) -> Reading:
    """The list of a campaign with so many attempts left."""
    counted = {"list_leads": 1_000, "list_dialable": 100, "list_remaining_attempts": remaining_attempts}
    return further(replace(of, family="lists"), DAY_START_MS, {}, counted)


def shifts(of: Cell, absent: int, planned: int, persons: int) -> Reading:
    """Planned and absent hours of so many persons at this place, the same in both windows."""
    counted = {"shift_planned_ms": planned * 3_600_000, "shift_absent_ms": absent * 3_600_000, "shift_persons": persons}
    return further(replace(of, family="shifts"), DAY_START_MS, {"30m": counted, "day": counted}, {})


def posted(earned: Mapping[Cell, tuple[str, str]], cost: str = "100", currency: str = "EUR") -> Postings:
    """Postings that leave a margin of (now, today) at each cell, after `cost`, in texts of decimals."""
    found: Postings = {"30m": [], "day": []}
    for of, margins in earned.items():
        place = Cell(of.hotline, project=of.project, client=of.client, channel="", campaign=of.campaign, family="money")
        for window, margin in zip(found, margins, strict=True):
            of_kind: Sequence[tuple[Kind, Fraction]] = (
                ("revenue", Fraction(margin) + Fraction(cost)),
                ("direct", Fraction(cost)),
            )
            found[window] += [Posting(place, kind, amount, currency) for kind, amount in of_kind]
    return found


class Told:
    """Money whose answers are made here; `asked` are the instants it was asked for."""

    def __init__(self, postings: Mapping[str, Sequence[Posting]]) -> None:
        self.postings = postings
        self.asked: list[int] = []
        self.broken = False

    def of_windows(self, readings: Sequence[Reading], as_of_ms: int) -> Mapping[str, Sequence[Posting]]:
        self.asked.append(as_of_ms)
        if self.broken:
            message = "no price"
            raise ArithmeticError(message)
        return self.postings
