"""Which fields of a tile travel to which kind of view; nothing else does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from dashboard import campaign_tile, tile

Kind = Literal["phone", "wall", "desk"]
KINDS: tuple[Kind, ...] = ("phone", "wall", "desk")

Part = Literal["people", "list", "absence", "agents", "margin"]
"""What a board may have beside its tiles' own numbers: who works in words, the rest of a phone's list, absence, agents
as a number, margin.
"""

_SCALE = ("s", "x1", "x2", "h", "q", "zs")
_DAY = ("p", "pt", "pp")
_READ = ("a", "aw", "v", "d", "g")
_MONEY = ("md", "mm")


def _pairs(*names: str) -> tuple[str, ...]:
    return tuple(f"{side}:{name}" for name in names for side in "kl")


def of_hotline(kind: Kind, parts: Collection[Part]) -> tuple[str, ...]:
    """The fields of a hotline's tile."""
    if kind == "wall":
        return (*_SCALE, *_DAY, "wd", "vw", "vl", "vu", "dw", "n", "e", "ww")
    keys = [*_SCALE, *_DAY, *_READ, "w"]
    if kind == "phone":
        keys += ["n", "wt", *_pairs("reachability")]
    else:
        keys += ["nd", "dn", "wn", "wl", "e", *_pairs(*tile.PAIRS)]
    return (*keys, *_beside(kind, parts))


def of_campaign(kind: Kind, parts: Collection[Part], *, alone: bool = False) -> tuple[str, ...]:
    """The fields of a campaign's tile; `alone`: there are campaigns only, which have columns of their own then."""
    if kind == "wall":
        return of_hotline(kind, parts)
    keys = [*_SCALE, *_READ, *_pairs(campaign_tile.REACHED)]
    if kind == "phone":
        keys += ["w", "n", "l:drop_rate", "dl", "dx"]
        keys += [*_pairs("conversion"), "rs"] if "list" in parts else []
    else:
        # Among hotlines the table has room for the short word only.
        keys += ["w" if alone else "wd", "nd", "dn", "e", "l:drop_rate", "dl", "dx"]
        keys += [*_pairs("conversion"), "rs"] if alone else []
    return (*keys, *_beside(kind, set(parts) - {"people", "absence", "agents"}))


def _beside(kind: Kind, parts: Collection[Part]) -> list[str]:
    keys = ["ag"] if "people" in parts else []
    if kind == "desk":
        keys += _pairs("absence_rate") if "absence" in parts else []
        keys += ["an"] if "agents" in parts else []
    if "margin" in parts:
        keys += [*_MONEY, *(("mn", "ml") if kind == "phone" else ("mt",))]
    return keys
