"""In which order tiles stand: worst first, or by any figure shown."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.tile import STATES, Tile

SORTS = (
    "worst",
    "name",
    "service_level",
    "service_level_today",
    "reachability",
    "abandon_rate",
    "asa",
    "wait_p90",
    "aht",
    "waiting",
    "longest",
    "offered",
    "absence_rate",
    "agents",
    "margin",
    "contact_rate",
    "right_party_rate",
    "conversion",
    "drop_rate",
    "reach",
)

_BAND = 0.05


def _name(tile: Tile) -> tuple[str, ...]:
    return (tile.source.name.casefold(), tile.source.mark.casefold(), *tile.source.key)


def _worst(tile: Tile) -> tuple[int, int, tuple[str, ...]]:
    # Only what misses its target is ranked by how far, and that in bands: a board that shuffles its calm tiles with
    # every call cannot be read.
    band = 0 if tile.state != "bad" or tile.distance is None else math.floor(tile.distance / _BAND)
    return STATES.index(tile.state), band, _name(tile)


def ordered(tiles: Sequence[Tile], sort: str, *, descending: bool) -> list[Tile]:
    """The tiles in order; those without the figure stand last in both directions."""
    if sort == "worst":
        return sorted(tiles, key=_worst)
    by_name = sorted(tiles, key=_name, reverse=descending and sort == "name")
    if sort == "name":
        return by_name
    known = [tile for tile in by_name if tile.values.get(sort) is not None]
    unknown = [tile for tile in by_name if tile.values.get(sort) is None]
    return sorted(known, key=lambda tile: tile.values[sort] or 0.0, reverse=descending) + unknown
