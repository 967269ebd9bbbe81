"""The boards of a wall, composed: which tiles stand on each, what each says, and which tiles come forward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.drawing import Drawing, Only
from dashboard.order import ordered
from dashboard.sentence import say
from dashboard.shown import of_hotline
from dashboard.tile import Source, Tile
from dashboard.wall_plan import MOST_TILES, BoardPlan, Pick, WallPlan
from streams.records import Cell

MOST_FORWARD = 4
_GRIDS = ((1, 1), (2, 1), (2, 2), (3, 2), (4, 2), (3, 3), (4, 3), (5, 3), (6, 3), (5, 4), (6, 4))
"""Columns and rows that fill a screen of 16 to 9 well."""


@dataclass(frozen=True)
class Panel:
    """One board as it is drawn: `id` is the prefix of its fields, `grid` its columns and rows."""

    id: str
    title: str
    tiles: tuple[Tile, ...]
    forward: bool = False

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows, as few as hold all tiles."""
        return grid(len(self.tiles))


def grid(tiles: int) -> tuple[int, int]:
    """Columns and rows of a board for so many tiles, at most 24."""
    return next((shape for shape in _GRIDS if shape[0] * shape[1] >= tiles), _GRIDS[-1])


def panels(drawing: Drawing, plan: WallPlan) -> list[Panel]:
    """The boards in their turn; one without `tiles` goes on over as many as it needs.

    Where the plan wants it, the worst of the tiles below target stand on one more board, the last one.
    """
    drawn: dict[str, dict[tuple[str, ...], Tile]] = {}

    def of(group: str) -> Mapping[tuple[str, ...], Tile]:
        if group not in drawn:
            only: Only = "campaigns" if group == "campaign" else "hotlines"
            drawn[group] = {each.source.key: each for each in drawing.tiles(group, only)}
        return drawn[group]

    shown: list[tuple[str, Sequence[Tile]]] = []
    for board in plan.boards:
        if board.tiles:
            chosen = [of(pick.group).get(pick.key) or _missing(drawing, pick) for pick in board.tiles]
            shown.append((board.title, _sorted(chosen, board)))
        else:
            shown += [(board.title, tiles) for tiles in _cut(_sorted(of(board.group).values(), board), board.most)]
    if plan.forward:
        every = {each.source.id: each for _, tiles in shown for each in tiles}
        worst = [each for each in ordered(list(every.values()), "worst", descending=False) if each.state == "bad"]
    else:
        worst = []
    found = [Panel(f"b{number}", title, tuple(tiles)) for number, (title, tiles) in enumerate(shown)]
    return [*found, Panel("f", drawing.text.forward, tuple(worst[:MOST_FORWARD]), forward=True)] if worst else found


def fields(panel: Panel, drawing: Drawing, feeds_configured: int, silent: str) -> dict[str, str]:
    """The board's own sentence, and of each of its tiles what a wall shows."""
    kinds = {each.source.group for each in panel.tiles}
    group = kinds.pop() if len(kinds) == 1 else "tile"
    worst_first = ordered(panel.tiles, "worst", descending=False)
    said = say(
        worst_first,
        group=group,
        as_of_ms=drawing.as_of_ms,
        feeds_configured=feeds_configured,
        silent=silent,
        words=drawing.text,
    )
    # A wall has one line for it: what does not fit is left out as a whole clause.
    tail, _, more = said.tail.removesuffix(".").partition(", ")
    own = {f"{panel.id}:lead": said.lead, f"{panel.id}:tail": tail, f"{panel.id}:more": more}
    own[f"{panel.id}:mood"] = said.mood
    keys = of_hotline("wall", ())
    for each in panel.tiles:
        own |= {f"t:{each.source.id}:{key}": each.fields[key] for key in keys}
    return own


def _sorted(tiles: Iterable[Tile], board: BoardPlan) -> Sequence[Tile]:
    return list(tiles) if board.sort == "given" else ordered(list(tiles), board.sort, descending=False)


def _cut(tiles: Sequence[Tile], most: int) -> list[Sequence[Tile]]:
    # Evenly: 25 tiles are 13 and 12, not 24 and a lonely one.
    boards = max(1, -(-len(tiles) // min(most, MOST_TILES)))
    size = -(-len(tiles) // boards)
    return [tiles[start : start + size] for start in range(0, max(1, len(tiles)), max(1, size))]


def _missing(drawing: Drawing, pick: Pick) -> Tile:
    """The tile of something that was chosen once and is not there (any more), or not for this reader."""
    name, mark = (*pick.key, "", "")[:2]
    lost = drawing.text.tile_missing
    return drawing.one(Source(pick.key, name, name, mark, (Cell(name, mark),), (), lost, frozenset({name}), pick.group))
