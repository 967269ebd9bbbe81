"""From cells to what tiles are made of: grouped, named, and with what they are judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from dashboard.targets import HotlineTarget, Targets
from dashboard.tile import Judgement, Source
from dashboard.wording import Wording
from streams import catalogue
from streams.reading import Reading, merge, sums
from streams.records import VISITS, Cell

Why = Callable[[Collection[str] | None], str]
"""Why something that these feeds are behind is unknown; "" where it is known."""


SINGLE = frozenset({"", "hotline", "campaign"})
"""Groups whose tiles are single hotlines or campaigns."""


def _key(cell: Cell, group: str) -> tuple[str, ...]:
    if group == "all":
        return ()
    return (str(getattr(cell, group)),) if group else (cell.hotline, cell.provider)


def sources(
    readings: Iterable[Reading], configured: Iterable[Cell], group: str, targets: Targets, words: Wording, why: Why
) -> list[Source]:
    """One source per hotline and provider, or per value of the dimension `group`; "all" makes a single one.

    Who serves a hotline stands at the hotline, and at a provider's part of it those at home with that provider.
    """
    serving: defaultdict[tuple[str, ...], list[Reading]] = defaultdict(list)
    members: defaultdict[tuple[str, ...], list[Reading]] = defaultdict(list)
    cells: defaultdict[tuple[str, ...], dict[Cell, None]] = defaultdict(dict)
    for cell in configured:
        if cell.family == VISITS:
            cells[_key(cell, group)][cell] = None
    for reading in readings:
        key = _key(reading.cell, group)
        if reading.cell.family != VISITS:
            if reading.cell.family == "serving" and group in {"", "hotline"}:
                serving[key].append(reading)
            continue
        members[key].append(reading)
        cells[key][reading.cell] = None
    return [
        replace(_source(key, group, tuple(own), tuple(members[key]), targets, words, why), serving=tuple(serving[key]))
        for key, own in sorted(cells.items())
    ]


def with_campaigns(
    found: Iterable[Source], campaigns: Iterable[Cell], group: str, targets: Targets, words: Wording, lost: str
) -> list[Source]:
    """The sources with the campaigns of these cells: at their groups, or as sources of their own.

    `lost`: why campaigns are unknown, "" where they are known.
    """
    by = "campaign" if group in SINGLE else group
    members: defaultdict[tuple[str, ...], list[Cell]] = defaultdict(list)
    for cell in campaigns:
        members[_key(cell, by)].append(cell)
    result = []
    for source in found:
        # A single hotline may be called as a campaign is: they are two things all the same.
        own = () if group in SINGLE else members.pop(source.key, ())
        names = frozenset(cell.campaign for cell in own)
        mark = source.mark if group in SINGLE else _parts(source.hotlines, names, words)
        result.append(replace(source, mark=mark, campaigns=names))
    for key, own in sorted(members.items()):
        names = frozenset(cell.campaign for cell in own)
        name = (key[0] if key else words.everything) or words.not_supplied
        single = by == "campaign" and bool(key[0])
        providers = ", ".join(sorted({cell.provider for cell in own if cell.provider}))
        result.append(
            Source(
                key,
                name,
                targets.of_campaign(name).short_name if single else name,
                providers if single else _parts(frozenset(), names, words),
                (),
                (),
                lost,
                frozenset(),
                by,
                campaigns=names,
            )
        )
    return result


def _source(
    key: tuple[str, ...],
    group: str,
    cells: tuple[Cell, ...],
    readings: tuple[Reading, ...],
    targets: Targets,
    words: Wording,
    why: Why,
) -> Source:
    hotlines = frozenset(cell.hotline for cell in cells)
    name = (key[0] if key else words.everything) or words.not_supplied
    mark = key[1] if len(key) > 1 else ""
    if group == "hotline":
        mark = ", ".join(sorted({cell.provider for cell in cells if cell.provider}))
    elif group not in SINGLE:
        mark = _parts(hotlines, frozenset(), words)
    short = targets.of(key[0]).short_name if group in {"", "hotline"} and key[0] else name
    pairs = {(cell.hotline, cell.provider) for cell in cells}
    return Source(key, name, short, mark, cells, readings, why(_behind(pairs, readings)), hotlines, group)


def _parts(hotlines: Collection[str], campaigns: Collection[str], words: Wording) -> str:
    """What a group is made of: "3 Hotlines · 1 Kampagne"."""
    counted = {"hotline": len(hotlines), "campaign": len(campaigns)}
    return " · ".join(
        f"{count} {words.unit_one[unit] if count == 1 else words.units[unit]}"
        for unit, count in counted.items()
        if count
    )


def _behind(pairs: Collection[tuple[str, str]], readings: Iterable[Reading]) -> Collection[str] | None:
    """The feeds behind these hotlines and providers; None where one of them was never heard of from a known feed."""
    feeds: dict[tuple[str, str], set[str]] = {pair: set() for pair in pairs}
    for reading in readings:
        feeds[reading.cell.hotline, reading.cell.provider].update(reading.feeds)
    return {feed for names in feeds.values() for feed in names} if all(feeds.values()) else None


def judge(source: Source, targets: Targets) -> Judgement:
    """The target of the source's hotlines.

    Where they differ it is the share that all together would read if each just met its own: their targets weighted by
    the cases of the last 30 minutes.
    """
    own = [targets.of(hotline) for hotline in sorted(source.hotlines)]
    minimum_n = max((each.minimum_n for each in own), default=targets.default.minimum_n)
    margin = min((each.warn_margin for each in own), default=targets.default.warn_margin)
    wanted = {each.target for each in own}
    if len(wanted) == 1:
        return Judgement(wanted.pop(), margin, minimum_n)
    return Judgement(_weighted(source, own, targets), margin, minimum_n, weighted=True)


def _weighted(source: Source, own: list[HotlineTarget], targets: Targets) -> float | None:
    required, cases = 0.0, 0
    if any(each.target is None for each in own):
        return None
    for hotline in source.hotlines:
        now = merge(sums(reading, "30m", "live") for reading in source.readings if reading.cell.hotline == hotline)
        value = catalogue.compute(catalogue.KPI["service_level"], now, source.cells, targets.options)
        required += (targets.of(hotline).target or 0.0) * value.n
        cases += value.n
    return required / cases if cases else None
