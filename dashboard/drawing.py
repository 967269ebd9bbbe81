"""All tiles of one picture in one language, drawn once whatever board asks for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from dashboard import campaign_tile, day_line, margin, tile
from dashboard.further import Further, Rows
from dashboard.sources import SINGLE, Why, judge, sources, with_campaigns
from dashboard.targets import Targets
from dashboard.tile import Source, Tile
from dashboard.wording import Wording
from streams import catalogue
from streams.reading import Reading
from streams.records import VISITS, Cell

Only = Literal["", "hotlines", "campaigns"]
ONLY: tuple[Only, ...] = ("", "hotlines", "campaigns")
"""Which tiles of single hotlines and campaigns are wanted: all, or those of one kind."""


@dataclass(frozen=True)
class Drawing:
    """What all tiles of a picture have in common. `readings` and `configured` are cut to the reader's scope.

    `of_campaigns` are the feeds that tell of campaigns; None: that is not known.
    """

    readings: Sequence[Reading]
    configured: Sequence[Cell]
    targets: Targets
    text: Wording
    why: Why
    as_of_ms: int
    further: Further = field(default_factory=lambda: Further(()))
    of_campaigns: Collection[str] | None = None

    def tiles(self, group: str, only: Only = "") -> list[Tile]:
        """One tile per hotline and provider and one per campaign, or one per value of the dimension `group`, or one of
        all ("all").
        """
        axis = self._axis()
        if group == "campaign":
            only = "campaigns"
        found: list[Source] = []
        if only != "campaigns":
            found = sources(self.readings, self.configured, group, self.targets, self.text, self.why)
        if only != "hotlines":
            lost = self.why(self.of_campaigns) if self.further.campaigns else ""
            found = with_campaigns(found, self.further.campaigns, group, self.targets, self.text, lost)
        providers = Counter(source.key[0] for source in found if not source.group)
        return [self._finished(source, axis, providers) for source in found]

    def one(self, source: Source) -> Tile:
        """The tile of this source."""
        return self._finished(source, self._axis(), Counter())

    def knows_money(self, group: str) -> bool:
        """True when tiles of this group have money that the reader may see."""
        return self.further.knows_money(*self._by(group))

    @staticmethod
    def _by(group: str) -> tuple[str, ...]:
        return () if group == "all" else ("hotline",) if group in SINGLE else (group,)

    def _axis(self) -> day_line.Axis:
        return day_line.axis([each for each in self.readings if each.cell.family == VISITS], self.as_of_ms)

    def _finished(self, source: Source, axis: day_line.Axis, providers: Counter[str]) -> Tile:
        if source.kind == "campaign":
            by: tuple[str, ...] = (source.group,) if source.key else ()
            rows = self.further.of(by, source.key)
            return self._beside(campaign_tile.draw(source, rows, self.targets, self.text), rows, rows, by)
        each = _drawn(source, self.targets, self.text, axis, self.as_of_ms)
        waiting, values = tile.waiting_fields(source, self.text, self.as_of_ms)
        agents, there = tile.agents_fields(source, self.text)
        fields = each.fields | waiting | agents | {"ag": tile.agents_line(source, self.text)}
        each = replace(each, source=source, values=each.values | values | there, fields=fields)
        by = self._by(source.group)
        here = self.further.of(by if source.group else ("hotline", "provider"), source.key)
        # Money knows no providers: what a hotline earns stands at its tile only where it has just one.
        alone = bool(source.group) or providers[source.key[0]] == 1
        return self._beside(each, here, self.further.of(by, source.key[: len(by)]) if alone else {}, by)

    def _beside(self, each: Tile, here: Rows, of_money: Rows, by: tuple[str, ...]) -> Tile:
        """The tile with absence, and with its margin where the reader may know it."""
        kpi = catalogue.KPI["absence_rate"]
        fields, values = dict(each.fields), dict(each.values)
        for key, window in (("k", "30m"), ("l", "day")):
            if window in here:
                value = catalogue.compute(kpi, here[window].sums, (), self.targets.options)
                fields[f"{key}:absence_rate"] = tile.text_of(kpi, value, self.text)
                values["absence_rate"] = value.value
            else:
                fields[f"{key}:absence_rate"] = self.text.not_supplied
        if not self.further.knows_money(*by):
            return replace(each, fields=fields, values=values, beside=here)
        fields |= margin.fields(of_money, self.text, each.source.lost)
        values["margin"] = margin.value(of_money)
        return replace(each, fields=fields, values=values, beside=here, money=of_money)


_KEEP = 4096
_drawings: dict[tuple[object, ...], tuple[tuple[object, ...], Tile]] = {}
"""Tiles are drawn again only when one of their readings changed: many boards show the same ones."""


def _drawn(source: Source, targets: Targets, text: Wording, axis: day_line.Axis, as_of_ms: int) -> Tile:
    place = (source.key, source.group, text.language, axis)
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
