"""The live board: from readings to finished texts, the same for phone, wall and desk.

`compose` is called once per scope, language and view, however many screens show it; what it gives is a flat mapping
from element key to text, attribute or path, of which the stream sends only what changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal, cast
from urllib.parse import urlencode

from dashboard import day_line, formats, silence, tile
from dashboard.order import SORTS, ordered
from dashboard.passport import Passport, passport
from dashboard.sentence import say
from dashboard.sources import Why, judge, sources
from dashboard.targets import Targets
from dashboard.templating import template
from dashboard.tile import Source, Tile
from dashboard.wording import Wording, words
from streams.reading import Reading
from streams.records import VISITS, Cell
from streams.store import FeedReport

Kind = Literal["phone", "wall", "desk"]
Group = Literal["", "hotline", "provider", "project"]
GROUPS: tuple[Group, ...] = ("", "hotline", "provider", "project")
KINDS: tuple[Kind, ...] = ("phone", "wall", "desk")

_SHARED = ("s", "w", "x1", "x2", "h", "q", "zs", "a", "aw", "p", "pt", "pp")
_PAIRS = tuple(f"{side}:{name}" for name in tile.PAIRS for side in "kl")
SHOWN: Mapping[Kind, tuple[str, ...]] = {
    "phone": (*_SHARED, "v", "d", "g", "n", "wt", "ag"),
    "wall": (*_SHARED, "vw", "vl", "vu", "dw", "n", "e", "ww"),
    "desk": (*_SHARED, "v", "d", "g", "nd", "dn", "wn", "wl", "e", "ag", *_PAIRS),
}
"""Which fields of a tile a kind of view binds; nothing else travels."""

_GRIDS = ((1, 1), (2, 1), (2, 2), (3, 2), (4, 2), (3, 3), (4, 3), (5, 3), (6, 3), (5, 4), (6, 4))
"""Columns and rows that fill a screen of 16 to 9 well."""

_SUMS = ("s", "v", "d", "k:reachability", "l:reachability", "k:wait_p90", "l:wait_p90")


@dataclass(frozen=True)
class View:
    """What a page shows, as its address says it. `page` counts from 0."""

    kind: Kind
    sort: str = "worst"
    descending: bool = False
    group: Group = ""
    page: int = 0

    @classmethod
    def from_query(cls, query: Mapping[str, str], kind: Kind | None = None) -> View:
        """The view that an address asks for; whatever it says wrongly is as if it were not said."""
        asked, group, sort = query.get("view", ""), query.get("group", ""), query.get("sort", "worst")
        return cls(
            kind=kind if kind is not None else next((known for known in KINDS if known == asked), "phone"),
            sort=sort if sort in SORTS else "worst",
            descending=query.get("descending") == "1",
            group=next((known for known in GROUPS if known == group), ""),
        )

    def query(self, **changes: str) -> str:
        """The query string of this view, or of it with other `sort`, `descending` or `group`; defaults are left out."""
        said = {
            "view": self.kind,
            "group": self.group,
            "sort": "" if self.sort == "worst" else self.sort,
            "descending": "1" if self.descending else "",
        } | changes
        return urlencode({name: value for name, value in said.items() if value})


@dataclass(frozen=True)
class Board:
    """A composed board. `fields`: element key -> finished text; `layout` changes when tiles come, go or move."""

    fields: dict[str, str]
    layout: str
    view: View
    tiles: tuple[Tile, ...]
    scope_name: str
    targets: Targets
    words: Wording
    feeds_configured: int

    @property
    def threshold(self) -> str:
        """The service-level threshold, where all hotlines in view share it; else empty."""
        found = {cell.threshold_ms for each in self.tiles for cell in each.source.cells}
        return f"{found.pop() / 1000:g} s" if len(found) == 1 else ""

    def passport(self, tile_id: str, kpi_id: str) -> Passport | None:
        """The definition passport of one number; None when there is no such tile or KPI (any more)."""
        found = next((each for each in self.tiles if each.source.id == tile_id), None)
        return passport(found, kpi_id, self.targets.options, self.words) if found else None


def compose(
    readings: Iterable[Reading],
    feeds: Iterable[FeedReport],
    *,
    as_of_ms: int,
    now_ms: int,
    scope_name: str,
    configured: Iterable[Cell],
    targets: Targets,
    language: str,
    view: View,
    feeds_configured: int,
    feeds_named: bool = False,
) -> Board:
    """The board of everything in `readings` and `configured`, which are already cut to the reader's scope.

    `as_of_ms`: the instant for which the readings hold; `now_ms`: the server's clock, by which age is judged.
    `feeds_named`: the reader may know the feeds by name.
    """
    text, feeds, readings = words(language), list(feeds), list(readings)
    silences, lag = silence.silent(feeds, now_ms, text), silence.lag(as_of_ms, now_ms)
    lost = "" if lag != "lost" or not feeds_configured else _old(as_of_ms, now_ms, text)
    of_visits = [reading for reading in readings if reading.cell.family == VISITS]
    axis = day_line.axis(of_visits, as_of_ms)

    def why(behind: Collection[str] | None) -> str:
        return lost or silence.reason(silences, feeds, behind)

    drawn = []
    fields: dict[str, str] = {}
    keys = SHOWN[view.kind]
    if view.kind == "phone" and view.sort != "name":
        # The phone's first page has room for the situation only; who works stands on the list of hotlines.
        keys = tuple(key for key in keys if key != "ag")
    for source in sources(readings, configured, view.group, targets, text, why):
        each = _drawn(source, targets, text, axis, as_of_ms)
        waiting, values = tile.waiting_fields(source, text, as_of_ms)
        drawn.append(replace(each, source=source, values=each.values | values))
        own = each.fields | waiting | {"ag": tile.agents_line(source, text)}
        prefix = f"t:{source.id}:"
        for key in keys:
            fields[prefix + key] = own[key]
    worst_first = ordered(drawn, "worst", descending=False)
    tiles = worst_first if view.sort == "worst" else ordered(drawn, view.sort, descending=view.descending)
    sentence = say(
        worst_first,
        group=view.group,
        as_of_ms=as_of_ms,
        feeds_configured=feeds_configured,
        silent=silence.named(silences, feeds, text) if feeds_named and not lost else "",
        words=text,
    )
    bad = sum(each.state == "bad" for each in tiles)
    as_of = formats.clock(as_of_ms, targets.zone) if as_of_ms else formats.NOTHING
    fields |= {
        "page:lead": sentence.lead,
        "page:tail": sentence.tail,
        "page:mood": sentence.mood,
        "page:time": as_of,
        "page:as_of": text.as_of.format(time=as_of),
        "page:gone": text.gone_tail.format(time=as_of),
        "page:lag": lag if feeds_configured else "live",
        "page:feeds": _feeds(len(feeds), len(silences), text),
        "page:title": f"({bad}) {text.product}" if bad else text.product,
    }
    if view.kind == "desk" and tiles:
        fields |= _sums(of_visits, tiles, targets, text, as_of_ms, why)
    return Board(
        fields, _layout(tiles, view, language), view, tuple(tiles), scope_name, targets, text, feeds_configured
    )


def render(board: Board, tiles: int = 24) -> str:
    """The board's HTML. Elements that live carry `data-k` (text) or `data-a` (attribute=key ...).

    `tiles`: how many a wall shows at once; the others follow on further pages.
    """
    return template(f"board_{board.view.kind}.html").render(
        board=board,
        f=board.fields,
        w=board.words,
        view=board.view,
        pairs=tile.PAIRS,
        groups=GROUPS,
        grid=grid(min(len(board.tiles), tiles)),
    )


def grid(tiles: int) -> tuple[int, int]:
    """Columns and rows of a wall for so many tiles, at most 24."""
    return next((shape for shape in _GRIDS if shape[0] * shape[1] >= tiles), _GRIDS[-1])


def render_passport(board: Board, tile_id: str, kpi_id: str) -> str:
    """The HTML of one definition passport; a line saying so where the number is gone."""
    return template("passport.html").render(
        passport=board.passport(tile_id, kpi_id), tile_id=tile_id, time=board.fields["page:time"], w=board.words
    )


_KEEP = 4096
_drawings: dict[tuple[object, ...], tuple[tuple[object, ...], Tile]] = {}
"""Tiles are drawn again only when one of their readings changed: many boards show the same ones."""


def _drawn(source: Source, targets: Targets, text: Wording, axis: day_line.Axis, as_of_ms: int) -> Tile:
    place = (source.key, text.language, axis)
    judgement = judge(source, targets)
    minute = as_of_ms // 60_000
    made_of = (source, judgement, targets.options, minute)
    known = _drawings.get(place)
    if known is not None and known[0][1:] == made_of[1:] and _same(cast("Source", known[0][0]), source):
        return known[1]
    drawn = tile.draw(source, judgement, targets.options, text, axis, as_of_ms)
    if len(_drawings) >= _KEEP:
        _drawings.clear()
    _drawings[place] = (made_of, drawn)
    return drawn


def _same(a: Source, b: Source) -> bool:
    # Readings are replaced, never changed, so being the same object is enough and costs nothing.
    return (
        len(a.readings) == len(b.readings)
        and all(one is other for one, other in zip(a.readings, b.readings, strict=True))
        and (a.lost, a.cells, a.name, a.mark, a.short_name) == (b.lost, b.cells, b.name, b.mark, b.short_name)
    )


def _old(as_of_ms: int, now_ms: int, text: Wording) -> str:
    return text.picture_old.format(ago=silence.ago(now_ms - as_of_ms, text)) if as_of_ms else text.loading


def _feeds(total: int, bad: int, text: Wording) -> str:
    if not total:
        return ""
    if bad:
        return text.feeds_silent.format(live=total - bad, all=total)
    return text.feeds_live_one if total == 1 else text.feeds_live.format(all=total)


def _sums(
    readings: Sequence[Reading],
    tiles: Sequence[Tile],
    targets: Targets,
    text: Wording,
    as_of_ms: int,
    why: Why,
) -> dict[str, str]:
    """The cards on top of the desk: everything in scope as one tile."""
    (everything,) = sources(readings, [cell for each in tiles for cell in each.source.cells], "all", targets, text, why)
    drawn = _drawn(everything, targets, text, day_line.axis(readings, as_of_ms), as_of_ms)
    waiting, _ = tile.waiting_fields(everything, text, as_of_ms)
    late = formats.whole(tile.late_waiting(everything.readings), text.language)
    ended = sum(drawn.now[name] for name in ("answered", "abandoned", "flow_out", "callback", "error"))
    missed = formats.whole(ended - drawn.now["answered"], text.language)
    gone = bool(everything.lost)
    goal = drawn.fields["z"]
    return {f"sum:{key}": drawn.fields[key] for key in _SUMS} | {
        "sum:goal": " · ".join(part for part in (goal, drawn.fields["n"]) if part),
        "sum:missed": everything.lost or text.sums_lost.format(lost=missed, n=formats.whole(ended, text.language)),
        "sum:waiting": waiting["wn"],
        "sum:longest": formats.NOTHING if gone else text.sums_waiting.format(longest=waiting["wl"]),
        "sum:late": "" if gone else text.sums_late.format(n=late),
        "sum:offered_today": text.sums_offered.format(n=formats.whole(drawn.today["offered"], text.language)),
    }


def _layout(tiles: Sequence[Tile], view: View, language: str) -> str:
    names = [(each.source.id, each.source.name, each.source.short_name, each.source.mark) for each in tiles]
    return blake2b(repr((view, language, names)).encode(), digest_size=6).hexdigest()
