"""The facts of sales: an order that was taken, or the cancellation of one."""

from __future__ import annotations

import msgspec

from streams.cell import Cell


class Ordered(msgspec.Struct, frozen=True, tag="ordered"):
    """An order was taken at `at_ms`, or a cancellation arrived then.

    `cancels`: the id of the order that is taken back, or as much of it as is known; empty: this is an order.
    `revenue_minor` is what we earn by it in hundredths of `currency`, negative for a cancellation. A cell that is not
    configured belongs to nobody. Of several facts about one `order` the one with the highest `version` stands.
    """

    order: bytes
    at_ms: int
    cell: Cell
    cancels: bytes = b""
    revenue_minor: int = 0
    currency: str = "EUR"
    version: int = 0
