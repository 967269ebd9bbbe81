"""The stock of the active lists, counted by the database, one row for each list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from collectors.vicidial.connection import Flags
from collectors.vicidial.rows import ListRow
from collectors.vicidial.statuses import LOST_FLAGS, TERMINAL_FLAGS


def list_rows(
    counted: Iterable[Sequence[Any]], ready: Mapping[int, int], flags: Flags, read_epoch: int
) -> list[ListRow]:
    """The rows of `queries.stock` and `queries.hopper` summed by list; what a status means is in `flags`."""
    sums: dict[tuple[int, str], list[int]] = {}
    for list_id, campaign, status, leads, touched, attempts, remaining, dialable in counted:
        named = {*flags.get((campaign, status), ()), *flags.get(("", status), ())}
        terminal = bool(TERMINAL_FLAGS & named)
        row = (
            leads,
            touched,
            attempts,
            leads * terminal,
            leads * bool(LOST_FLAGS & named),
            0 if terminal else dialable,
            0 if terminal else remaining,
        )
        before = sums.get((list_id, campaign), [0] * len(row))
        sums[list_id, campaign] = [int(one) + int(other) for one, other in zip(before, row, strict=True)]
    rows = []
    for (list_id, campaign), numbers in sorted(sums.items()):
        rows.append(ListRow(list_id, campaign, read_epoch, *(*numbers, int(ready.get(list_id, 0)))))
    return rows
