"""What stands above or below the tiles: everything in view as one, and its money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard import campaign_tile, formats, margin, tile
from dashboard.drawing import Drawing
from dashboard.tile import Tile

if TYPE_CHECKING:
    from dashboard.board import View

_OF_HOTLINES = ("s", "v", "d", "k:reachability", "l:reachability", "k:wait_p90", "l:wait_p90")
_OF_CAMPAIGNS = ("s", "v", "d", "n", *(f"{side}:{name}" for name in campaign_tile.PAIRS for side in "kl"))


def cards(drawing: Drawing, tiles: Sequence[Tile]) -> dict[str, str]:
    """The cards on top of the desk: all hotlines in view as one tile, or all campaigns where there is no hotline."""
    text = drawing.text
    if tile.only_campaigns(tiles):
        (drawn,) = drawing.tiles("all", "campaigns")
        today = text.attempts_today.format(n=drawn.fields["dn"])
        stock = text.sums_stock.format(reach=drawn.fields["rs"])
        return {f"sum:{key}": drawn.fields[key] for key in _OF_CAMPAIGNS} | {
            "sum:attempts": today,
            "sum:stock": stock,
            "sum:limit": drawn.fields["dl"],
        }
    cells = [cell for each in tiles for cell in each.source.cells]
    (drawn,) = replace(drawing, configured=cells).tiles("all", "hotlines")
    everything = drawn.source
    late = formats.whole(tile.late_waiting(everything.readings), text.language)
    ended = sum(drawn.now[name] for name in ("answered", "abandoned", "flow_out", "callback", "error"))
    missed = formats.whole(ended - drawn.now["answered"], text.language)
    gone = bool(everything.lost)
    goal = drawn.fields["z"]
    return {f"sum:{key}": drawn.fields[key] for key in _OF_HOTLINES} | {
        "sum:goal": " · ".join(part for part in (goal, drawn.fields["n"]) if part),
        "sum:missed": everything.lost or text.sums_lost.format(lost=missed, n=formats.whole(ended, text.language)),
        "sum:waiting": drawn.fields["wn"],
        "sum:longest": formats.NOTHING if gone else text.sums_waiting.format(longest=drawn.fields["wl"]),
        "sum:late": "" if gone else text.sums_late.format(n=late),
        "sum:offered_today": text.sums_offered.format(n=formats.whole(drawn.today["offered"], text.language)),
    }


def money(drawing: Drawing, view: View) -> dict[str, str]:
    """The money of everything in view; only where the reader may know any."""
    rows = drawing.further.total({"": "", "hotlines": "hotline", "campaigns": "campaign"}[view.only])
    known = margin.fields(rows, drawing.text)
    keys = ("md", "mm") if view.kind == "phone" else ("mn", "md", "mm")
    return {f"sum:{key}": known[key] for key in keys} | {"sum:revenue": margin.revenue(rows, drawing.text)}
