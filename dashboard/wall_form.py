"""From the forms of the page of walls to plans, and what can be picked for a board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from dashboard.board import Board, View
from dashboard.drawing import Only
from dashboard.wall_plan import GROUPS, PALETTES, BoardPlan, Group, Pick, WallPlan, moved

SORTS = ("worst", "name", "given")


@dataclass(frozen=True)
class Choice:
    """One tile that can be picked: how the form names it, its name, who answers, its state and its value now."""

    key: str
    name: str
    mark: str
    state: str
    word: str
    value: str


def key_of(pick: Pick) -> str:
    """How forms name a pick."""
    return msgspec.json.encode([pick.group, *pick.key]).decode()


def _pick_of(text: str) -> Pick | None:
    try:
        group, *key = msgspec.json.decode(text, type=list[str])
    except ValueError:
        return None
    known: Group | None = next((each for each in GROUPS if each == group), None)
    return Pick(known, tuple(key)) if known is not None and len(key) == (1 if known else 2) else None


def levels(compose: Callable[[View], Board], board: BoardPlan) -> dict[Group, list[Choice]]:
    """What can be picked in the reader's scope and is not on this board yet, by level, each by name."""
    taken, found = set(board.tiles), {}
    for group in GROUPS:
        only: Only = "campaigns" if group == "campaign" else "hotlines"
        composed = compose(View("desk", sort="name", group=group, only=only))
        found[group] = [
            Choice(
                key_of(Pick(group, tile.source.key)),
                tile.source.name,
                tile.source.mark,
                tile.state,
                tile.fields["w"],
                tile.fields["v"],
            )
            for tile in composed.tiles
            if Pick(group, tile.source.key) not in taken
        ]
    return found


def board_of_form(form: MultiDict[str, str], before: BoardPlan) -> BoardPlan:
    """The board as the form says it: what was ticked comes behind, and `move` is "up", "down" or "drop" with a place.

    What the form says wrongly stays as it was.
    """
    tiles = before.tiles
    act, _, place_text = form.get("move", "").partition(" ")
    place = int(place_text) if place_text.isascii() and place_text.isdigit() else -1
    if 0 <= place < len(tiles):
        if act == "drop":
            tiles = (*tiles[:place], *tiles[place + 1 :])
        elif act in ("up", "down"):
            tiles = moved(tiles, place, -1 if act == "up" else 1)
    added = [pick for pick in map(_pick_of, form.getlist("add")) if pick is not None and pick not in tiles]
    first = bool(added) and not before.tiles
    sort: Any = form.get("sort", "")
    group: Group = next((each for each in GROUPS if each == form.get("group", before.group)), before.group)
    return replace(
        before,
        title=form.get("title", before.title).strip(),
        tiles=(*tiles, *dict.fromkeys(added)),
        group=group,
        # Who picks tiles for the first time has just given them an order.
        sort="given" if first else sort if sort in SORTS else before.sort,
        most=form.get("most", type=int, default=before.most),
    )


def shifted(boards: Sequence[BoardPlan], place: int, by: int) -> tuple[list[BoardPlan], int]:
    """The boards with one of them shown earlier or later, and where it is then."""
    to = max(0, min(len(boards) - 1, place + by))
    rest = [*boards[:place], *boards[place + 1 :]]
    rest.insert(to, boards[place])
    return rest, to


def wall_of_form(form: MultiDict[str, str], before: WallPlan) -> WallPlan:
    """How the wall behaves, as the form says it; the boards stay."""
    palette: Any = form.get("palette", "")
    return replace(
        before,
        seconds=form.get("seconds", type=int, default=0),
        sound="sound" in form,
        forward="forward" in form,
        palette=palette if palette in PALETTES else "",
        night_from=form.get("night_from", "").strip(),
        night_to=form.get("night_to", "").strip(),
    )
