"""What the log lost although nobody had told it to: found by the numbers that the batches of each feed carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Gap(NamedTuple):
    """`batches` of one feed that did not come, between those collected at `after_ms` (0: none) and `before_ms`."""

    feed: str
    batches: int
    after_ms: int
    before_ms: int


def unexplained(gaps: Iterable[Gap], trimmed: tuple[int, int] | None) -> list[Gap]:
    """The gaps that do not begin in the time that was trimmed on purpose (`LogPart.missing`)."""
    return [gap for gap in gaps if trimmed is None or gap.after_ms > trimmed[1]]
