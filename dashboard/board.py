"""The live board: from readings to finished texts, the same for phone, wall and desk.

`compose` is called once per scope, language and view, however many screens show it; what it gives is a flat mapping
from element key to text, attribute or path, of which the stream sends only what changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal
from urllib.parse import urlencode

from dashboard import board_sums, formats, shown, silence, tile, wall_board, wall_plan
from dashboard.drawing import ONLY, Drawing, Only
from dashboard.further import Further
from dashboard.order import SORTS, ordered
from dashboard.passport import Passport, passport
from dashboard.sentence import say
from dashboard.shown import KINDS, Kind, Part
from dashboard.targets import Targets
from dashboard.templating import template
from dashboard.tile import Tile
from dashboard.wall_board import Panel
from dashboard.wall_plan import GROUPS, BoardPlan, Group, WallPlan
from dashboard.wording import Wording, words
from streams.group_floor import FLOOR
from streams.money.postings import Posting
from streams.query import Where
from streams.reading import Reading
from streams.records import VISITS, Cell
from streams.store import FeedReport


@dataclass(frozen=True)
class View:
    """What a page shows, as its address says it. A wall shows its `plan`."""

    kind: Kind
    sort: str = "worst"
    descending: bool = False
    group: Group = ""
    only: Only = ""
    plan: WallPlan | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str], kind: Kind | None = None) -> View:
        """The view that an address asks for; whatever it says wrongly is as if it were not said."""
        asked, group, sort = query.get("view", ""), query.get("group", ""), query.get("sort", "worst")
        view: Kind = kind if kind is not None else next((known for known in KINDS if known == asked), "phone")
        grouped: Group = next((known for known in GROUPS if known == group), "")
        if view == "wall":
            return cls("wall", plan=_plan(query, grouped))
        return cls(
            kind=view,
            sort=sort if sort in SORTS else "worst",
            descending=query.get("descending") == "1",
            group=grouped,
            only=next((known for known in ONLY if known == query.get("only")), ""),
        )

    def query(self, **changes: str) -> str:
        """The query string of this view, or of it with something else of what it names; defaults are left out."""
        said = {
            "view": self.kind,
            "only": self.only,
            "group": self.group,
            "sort": "" if self.sort == "worst" else self.sort,
            "descending": "1" if self.descending else "",
        } | changes
        if self.plan is not None:
            said = {"view": self.kind, "plan": wall_plan.to_query(self.plan)}
        return urlencode({name: value for name, value in said.items() if value})


def _plan(query: Mapping[str, str], group: Group) -> WallPlan:
    """The plan in the address, else one board of everything, with so many `tiles` at once, turned after `seconds`."""
    written = wall_plan.from_query(query.get("plan", ""))
    if written is not None:
        return written
    most = _number(query.get("tiles", ""), wall_plan.MOST_TILES, 1, wall_plan.MOST_TILES)
    seconds = _number(
        query.get("seconds", ""),
        wall_plan.DEFAULT_TURN_SECONDS,
        wall_plan.SHORTEST_TURN_SECONDS,
        wall_plan.LONGEST_TURN_SECONDS,
    )
    sort: Literal["worst", "name"] = "name" if query.get("sort") == "name" else "worst"
    return WallPlan((BoardPlan(group=group, sort=sort, most=most),), seconds=seconds)


def _number(text: str, otherwise: int, least: int, most: int) -> int:
    return min(most, max(least, int(text))) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


@dataclass(frozen=True)
class Board:
    """A composed board. `fields`: element key -> finished text; `layout` changes when tiles come, go or move.

    `panels` are the boards of a wall, empty for other views; `parts`: what is shown beside the tiles' own numbers;
    `has_both`: the reader has hotlines and campaigns, whichever the view shows.
    """

    fields: dict[str, str]
    layout: str
    view: View
    tiles: tuple[Tile, ...]
    scope_name: str
    targets: Targets
    words: Wording
    feeds_configured: int
    panels: tuple[Panel, ...] = ()
    parts: frozenset[Part] = frozenset()
    has_both: bool = False

    @property
    def campaigns_only(self) -> bool:
        """True when every tile is that of a campaign: it has columns of its own then."""
        return bool(self.tiles) and tile.only_campaigns(self.tiles)

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
    where: Where | None = None,
    postings: Mapping[str, Sequence[Posting]] | None = None,
    floor: int = FLOOR,
    of_campaigns: Collection[str] | None = None,
) -> Board:
    """The board of everything in `readings` and `configured`, which are already cut to the reader's scope.

    `as_of_ms`: the instant for which the readings hold; `now_ms`: the server's clock, by which age is judged.
    `feeds_named`: the reader may know the feeds by name. `where`: the reader's scope, to which `postings` are cut,
    those of the whole picture by window; None: the reader may see no money, or nothing is about money. `floor`: fewer
    persons are not shown. `of_campaigns`: the feeds that tell of campaigns; None: that is not known.
    """
    text, feeds, readings = words(language), list(feeds), list(readings)
    silences, lag = silence.silent(feeds, now_ms, text), silence.lag(as_of_ms, now_ms)
    lost = "" if lag != "lost" or not feeds_configured else _old(as_of_ms, now_ms, text)

    def why(behind: Collection[str] | None) -> str:
        return lost or silence.reason(silences, feeds, behind)

    configured = list(configured)
    further = Further(readings, configured, as_of_ms=as_of_ms, where=where, postings=postings, floor=floor)
    drawing = Drawing(readings, configured, targets, text, why, as_of_ms, further, of_campaigns)
    fields: dict[str, str] = {}
    parts: frozenset[Part] = frozenset()
    silent = silence.named(silences, feeds, text) if feeds_named and not lost else ""
    panels: list[Panel] = []
    plan = WallPlan() if view.kind == "wall" and view.plan is None else view.plan
    if plan is not None:
        panels = wall_board.panels(drawing, plan)
        for panel in panels:
            fields |= wall_board.fields(panel, drawing, feeds_configured, silent)
        tiles = list({each.source.id: each for panel in panels for each in panel.tiles}.values())
        minute = formats.minute_of_day(now_ms, targets.zone)
        fields["page:palette"] = wall_plan.palette_at(plan, minute) or "auto"
    else:
        drawn = drawing.tiles(view.group, view.only)
        parts = _parts(drawing, drawn, view)
        of_hotline = shown.of_hotline(view.kind, parts)
        of_campaign = shown.of_campaign(view.kind, parts, alone=tile.only_campaigns(drawn))
        for each in drawn:
            keys = of_hotline if each.source.kind == "hotline" else of_campaign
            fields |= {f"t:{each.source.id}:{key}": each.fields[key] for key in keys}
        worst_first = ordered(drawn, "worst", descending=False)
        tiles = worst_first if view.sort == "worst" else ordered(drawn, view.sort, descending=view.descending)
        said = say(
            worst_first,
            group=view.group,
            as_of_ms=as_of_ms,
            feeds_configured=feeds_configured,
            silent=silent,
            words=text,
        )
        fields |= {"page:lead": said.lead, "page:tail": said.tail, "page:mood": said.mood}
    bad = sum(each.state == "bad" for each in tiles)
    as_of = formats.clock(as_of_ms, targets.zone) if as_of_ms else formats.NOTHING
    fields |= {
        "page:time": as_of,
        "page:as_of": text.as_of.format(time=as_of),
        "page:gone": text.gone_tail.format(time=as_of),
        "page:lag": lag if feeds_configured else "live",
        "page:feeds": _feeds(len(feeds), len(silences), text),
        "page:title": f"({bad}) {text.product}" if bad else text.product,
    }
    if view.kind == "desk" and tiles:
        fields |= board_sums.cards(drawing, tiles)
    if "margin" in parts:
        fields |= board_sums.money(drawing, view)
    has_both = bool(further.campaigns) and any(
        cell.family == VISITS for cell in (*configured, *(reading.cell for reading in readings))
    )
    return Board(
        fields,
        _layout(tiles, panels, parts, has_both, view, language),
        view,
        tuple(tiles),
        scope_name,
        targets,
        text,
        feeds_configured,
        tuple(panels),
        parts,
        has_both,
    )


def render(board: Board) -> str:
    """The board's HTML. Elements that live carry `data-k` (text) or `data-a` (attribute=key ...)."""
    return template(f"board_{board.view.kind}.html").render(
        board=board,
        f=board.fields,
        w=board.words,
        view=board.view,
        parts=board.parts,
        pairs=tile.PAIRS,
        groups=[group for group in GROUPS if group != "campaign"],
        only=ONLY,
    )


def render_passport(board: Board, tile_id: str, kpi_id: str) -> str:
    """The HTML of one definition passport; a line saying so where the number is gone."""
    return template("passport.html").render(
        passport=board.passport(tile_id, kpi_id), tile_id=tile_id, time=board.fields["page:time"], w=board.words
    )


def _old(as_of_ms: int, now_ms: int, text: Wording) -> str:
    return text.picture_old.format(ago=silence.ago(now_ms - as_of_ms, text)) if as_of_ms else text.loading


def _feeds(total: int, bad: int, text: Wording) -> str:
    if not total:
        return ""
    if bad:
        return text.feeds_silent.format(live=total - bad, all=total)
    return text.feeds_live_one if total == 1 else text.feeds_live.format(all=total)


def _parts(drawing: Drawing, tiles: Sequence[Tile], view: View) -> frozenset[Part]:
    """What there is to show beside the tiles' own numbers."""
    parts: set[Part] = set()
    if drawing.knows_money(view.group) if view.group else drawing.knows_money("hotline"):
        parts.add("margin")
    if view.kind == "phone":
        # The phone's first page has room for the situation only; the rest stands on its lists.
        parts |= {"people", "list"} if view.sort == "name" else set()
        return frozenset(parts)
    parts.add("people")
    if drawing.further.has_shifts:
        parts.add("absence")
    if any(each.source.serving for each in tiles):
        parts.add("agents")
    return frozenset(parts)


def _layout(
    tiles: Sequence[Tile], panels: Sequence[Panel], parts: Collection[Part], has_both: bool, view: View, language: str
) -> str:
    names = [(each.source.id, each.source.name, each.source.short_name, each.source.mark) for each in tiles]
    places = [(panel.id, [each.source.id for each in panel.tiles]) for panel in panels]
    shown_ = (view, language, names, places, sorted(parts), has_both)
    return blake2b(repr(shown_).encode(), digest_size=6).hexdigest()
