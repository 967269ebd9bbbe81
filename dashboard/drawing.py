"""All tiles of one picture in one language, drawn once whatever board asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from dashboard import day_line, tile
from dashboard.sources import Why, judge, sources
from dashboard.targets import Targets
from dashboard.tile import Source, Tile
from dashboard.wording import Wording
from streams.reading import Reading
from streams.records import VISITS, Cell


@dataclass(frozen=True)
class Drawing:
    """What all tiles of a picture have in common. `readings` and `configured` are cut to the reader's scope."""

    readings: Sequence[Reading]
    configured: Sequence[Cell]
    targets: Targets
    text: Wording
    why: Why
    as_of_ms: int

    def tiles(self, group: str) -> list[Tile]:
        """One tile per hotline and provider, or per value of the dimension `group`, or one of all."""
        axis = self._axis()
        found = sources(self.readings, self.configured, group, self.targets, self.text, self.why)
        return [self._finished(source, axis) for source in found]

    def one(self, source: Source) -> Tile:
        """The tile of this source."""
        return self._finished(source, self._axis())

    def _axis(self) -> day_line.Axis:
        return day_line.axis([each for each in self.readings if each.cell.family == VISITS], self.as_of_ms)

    def _finished(self, source: Source, axis: day_line.Axis) -> Tile:
        each = _drawn(source, self.targets, self.text, axis, self.as_of_ms)
        waiting, values = tile.waiting_fields(source, self.text, self.as_of_ms)
        agents = {"ag": tile.agents_line(source, self.text)}
        return replace(each, source=source, values=each.values | values, fields=each.fields | waiting | agents)


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
