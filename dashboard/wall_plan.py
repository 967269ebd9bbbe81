"""What a wall shows and how it behaves, as people put it together at the desk. A wall is a list of boards in turn."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Literal
from zlib import compress, decompressobj
from zlib import error as NotCompressed  # noqa: N812 - zlib writes its error small

import msgspec

from dashboard.access import Refused

Group = Literal["", "hotline", "campaign", "provider", "project", "client"]
GROUPS: tuple[Group, ...] = ("", "hotline", "campaign", "provider", "project", "client")
"""What a tile stands for: one hotline at one provider (""), a campaign, or everything of a hotline, provider, project
or client.
"""

Palette = Literal["light", "dark", "night", "safe-light", "safe-dark"]
PALETTES: tuple[Palette, ...] = ("light", "dark", "night", "safe-light", "safe-dark")

MOST_TILES = 24
MOST_BOARDS = 20
LONGEST_NAME = 64
LONGEST_TITLE = 40
SHORTEST_TURN_SECONDS = 5
LONGEST_TURN_SECONDS = 3600
DEFAULT_TURN_SECONDS = 20
_LARGEST_TEXT = 64 * 1024


class Pick(msgspec.Struct, frozen=True):
    """One chosen tile: the values of the dimensions that `group` names, (hotline, provider) for ""."""

    group: Group
    key: tuple[str, ...]


class BoardPlan(msgspec.Struct, frozen=True):
    """One board. With `tiles` it shows these; without, whatever of `group` there is, `most` at once, by `sort`."""

    title: str = ""
    tiles: tuple[Pick, ...] = ()
    group: Group = "hotline"
    sort: Literal["worst", "name", "given"] = "worst"
    most: int = MOST_TILES


class WallPlan(msgspec.Struct, frozen=True):
    """The boards and how they turn.

    `forward`: a tile below its target stops the turning and comes forward until it has recovered. Between `night_from`
    and `night_to` (local times "22:00", the second one excluded; both empty = never) the night palette is shown.
    """

    boards: tuple[BoardPlan, ...] = (BoardPlan(),)
    seconds: int = DEFAULT_TURN_SECONDS
    sound: bool = False
    forward: bool = False
    palette: Palette | Literal[""] = ""
    night_from: str = ""
    night_to: str = ""


def check(plan: WallPlan) -> None:
    """Raises `Refused` for a plan that cannot be shown; its `why` is a key of `wording.walls.problems`."""
    times = (plan.night_from, plan.night_to)
    problems = {
        "boards": not 1 <= len(plan.boards) <= MOST_BOARDS,
        "tiles": any(not 1 <= board.most <= MOST_TILES or len(board.tiles) > MOST_TILES for board in plan.boards),
        "title": any(len(board.title) > LONGEST_TITLE or not _is_text(board.title) for board in plan.boards),
        "seconds": not SHORTEST_TURN_SECONDS <= plan.seconds <= LONGEST_TURN_SECONDS,
        "night": times != ("", "") and (None in map(minute_of_day, times) or plan.night_from == plan.night_to),
    }
    for problem, found in problems.items():
        if found:
            message = f"the {problem} of this plan cannot be shown"
            raise Refused(message, problem)


def _is_text(text: str) -> bool:
    return not text or text.isprintable()


def minute_of_day(text: str) -> int | None:
    """Minutes since midnight of a time "07:30"; None for anything else."""
    hours, colon, minutes = text.partition(":")
    parts = (hours, minutes)
    if colon != ":" or any(len(part) != 2 or not part.isascii() or not part.isdigit() for part in parts):
        return None
    return int(hours) * 60 + int(minutes) if int(hours) < 24 and int(minutes) < 60 else None


def palette_at(plan: WallPlan, minute: int) -> str:
    """The palette at a minute of the site's day; "" where the plan leaves it to the device."""
    begin, end = minute_of_day(plan.night_from), minute_of_day(plan.night_to)
    if begin is not None and end is not None:
        night = begin <= minute < end if begin < end else minute >= begin or minute < end
        if night:
            return "night"
    return plan.palette


def moved(picks: Sequence[Pick], place: int, by: int) -> tuple[Pick, ...]:
    """The picks with the one at `place` moved by so many places; moved past an end it stays at that end."""
    rest = [*picks[:place], *picks[place + 1 :]]
    rest.insert(max(0, min(len(rest), place + by)), picks[place])
    return tuple(rest)


def to_text(plan: WallPlan) -> str:
    """The plan as JSON, for the database."""
    return msgspec.json.encode(plan).decode()


def from_text(text: str | bytes) -> WallPlan:
    """The plan of such a text. Raises ValueError where it is none."""
    return msgspec.json.decode(text, type=WallPlan)


def to_query(plan: WallPlan) -> str:
    """The plan as part of an address, for the preview at the desk."""
    return urlsafe_b64encode(compress(msgspec.json.encode(plan), 9)).decode().rstrip("=")


def from_query(text: str) -> WallPlan | None:
    """The plan of such a part; None where it is none, or one that cannot be shown."""
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacked = decompressobj()
        written = unpacked.decompress(packed, _LARGEST_TEXT)
        if not unpacked.eof:
            return None
        plan = from_text(written)
        check(plan)
    except (NotBase64, NotCompressed, ValueError):
        return None
    return plan
