"""The stock of the active lists: counted by the database, judged by the dialer's own rules (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from collectors.vicidial.redial import Redial
from collectors.vicidial.rows import ListRow
from collectors.vicidial.statuses import LOST_FLAGS, TERMINAL_FLAGS

Flags = Mapping[tuple[str, str], Sequence[str]]
_NOT_MADE = (0, 0, 0)


def list_rows(
    counted: Iterable[Sequence[Any]],
    redial: Redial,
    flags: Flags,
    ready: Mapping[int, int],
    callbacks: Mapping[int, Sequence[int]],
    read_epoch: int,
) -> list[ListRow]:
    """The rows of `queries.stock` summed by list. What a status means is in `flags`; `ready` are the leads in the
    hopper and `callbacks` those not made, of which due, of which overdue, both by list.
    """
    place_of = {seconds: place for place, seconds in enumerate(redial.waits)}
    sums: dict[tuple[int, str], list[int]] = {}
    for list_id, campaign, status, called_count, since_reset, leads, *waited in counted:
        named = {*flags.get((campaign, status), ()), *flags.get(("", status), ())}
        terminal = bool(TERMINAL_FLAGS & named)
        attempts, waits = (0, 0) if terminal else redial.rests(campaign, status, since_reset, called_count)
        row = (
            leads,
            leads * (called_count > 0),
            leads * called_count,
            leads * terminal,
            leads * bool(LOST_FLAGS & named),
            waited[place_of[waits]] if attempts else 0,
            leads * attempts,
        )
        before = sums.get((list_id, campaign), [0] * len(row))
        sums[list_id, campaign] = [int(one) + int(other) for one, other in zip(before, row, strict=True)]
    rows = []
    for (list_id, campaign), numbers in sorted(sums.items()):
        not_made = [int(number) for number in callbacks.get(list_id, _NOT_MADE)]
        rows.append(ListRow(list_id, campaign, read_epoch, *(*numbers, int(ready.get(list_id, 0)), *not_made)))
    return rows
