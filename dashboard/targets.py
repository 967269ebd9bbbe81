"""What a hotline is judged by: its target, the margin of the warning and the least number of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from streams import catalogue


@dataclass(frozen=True)
class HotlineTarget:
    """`target` and `warn_margin` are shares 0..1; None: there is no target and so no traffic light.

    A value of at least `target` is good, of at least `target - warn_margin` a warning, below that bad. With fewer
    than `minimum_n` cases no state is given. `short_name` is for the wall.
    """

    target: float | None
    warn_margin: float
    minimum_n: int
    short_name: str


@dataclass(frozen=True)
class Targets:
    """The targets of all hotlines, the formula switches, and the IANA zone in which times are printed."""

    default: HotlineTarget
    by_hotline: Mapping[str, HotlineTarget]
    options: catalogue.Options
    zone: str

    def of(self, hotline: str) -> HotlineTarget:
        """What holds for a hotline; its own name is the short one where none is set."""
        known = self.by_hotline.get(hotline)
        if known is not None:
            return known
        return HotlineTarget(self.default.target, self.default.warn_margin, self.default.minimum_n, hotline)
