"""The pair scale, the mark of Leitstand: one track per number, on which now, today and target are places.

The target stands at the same place on every track, whatever it is, so that a column of tracks is read as one line:
right of it is good. Both sides are linear.
"""

from __future__ import annotations

TARGET_PLACE = 0.7


def place(value: float, target: float | None) -> float:
    """Where a share 0..1 lies on the track, 0..1. Without a target the track is simply 0 to 100 %."""
    value = min(max(value, 0.0), 1.0)
    if target is None:
        return value
    if value < target:
        return value / target * TARGET_PLACE
    if target >= 1:
        return TARGET_PLACE
    return TARGET_PLACE + (value - target) / (1 - target) * (1 - TARGET_PLACE)


def across(value: float | None, target: float | None) -> str:
    """The place as an SVG length; "0%" where there is no value (the mark is hidden then)."""
    return "0%" if value is None else f"{place(value, target) * 100:.1f}%"
