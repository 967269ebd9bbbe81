"""One tile: everything that a screen shows of one hotline at one provider (or of a group), as finished texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Literal

from dashboard import day_line, formats
from dashboard.further import Rows
from dashboard.pair_scale import across
from dashboard.wording import Wording
from streams import catalogue
from streams.counters import FURTHER
from streams.reading import Reading, Sums, merge, sums
from streams.records import Cell

STATES = ("bad", "lost", "warn", "good", "none", "few", "empty")
"""Worst first, the order in which tiles stand."""

PAIRS = ("reachability", "abandon_rate", "asa", "wait_p90", "aht")
"""The KPIs beside the service level, shown as a pair of now and today."""

LEVEL_MARGIN = 0.01
"""Now and today closer than one percentage point have no direction."""


@dataclass(frozen=True)
class Judgement:
    """What a tile is judged by; `weighted`: the target of several hotlines with different ones, by their cases."""

    target: float | None
    warn_margin: float
    minimum_n: int
    weighted: bool = False


@dataclass(frozen=True)
class Source:
    """What a tile is made of. `key`: the values that name it, of the dimension `group` or, where that is empty, of
    hotline and provider; `lost`: why it is unknown, "" if known.
    """

    key: tuple[str, ...]
    name: str
    short_name: str
    mark: str
    cells: tuple[Cell, ...]
    readings: tuple[Reading, ...]
    lost: str
    hotlines: frozenset[str]
    group: str
    serving: tuple[Reading, ...] = ()
    """Who serves the hotline now; empty where the tile is no single hotline or nobody is known."""
    campaigns: frozenset[str] = frozenset()

    @property
    def kind(self) -> Literal["hotline", "campaign"]:
        """What it is shown as: a group that has hotlines as a hotline, whatever campaigns it has beside them."""
        return "campaign" if self.campaigns and not self.hotlines else "hotline"

    @property
    def full_name(self) -> str:
        """The name with its mark, where it has one."""
        return f"{self.name} · {self.mark}" if self.mark else self.name

    @property
    def short_mark(self) -> str:
        """The beginning of the provider's name, for the tiles of a dense wall; empty where there are several."""
        one = self.group in ("", "hotline", "campaign") and ", " not in self.mark
        return self.mark[:4].strip() if one else ""

    @cached_property
    def id(self) -> str:
        """A short name for keys of fields, the same for the same tile in every process."""
        return _id((self.group, *self.key))


@lru_cache(maxsize=8192)
def _id(key: tuple[str, ...]) -> str:
    return blake2b("\x1f".join(key).encode(), digest_size=4).hexdigest()


@dataclass(frozen=True)
class Tile:
    """A drawn tile. `values` are unrounded, for sorting; `fields` finished; `since_ms`: below target since at least.

    `reason`: what makes a campaign bad or near to it, see `campaign_tile.Reason`. `beside` and `money` are the rows of
    its absence and of its money, the latter empty where the reader may know of none.
    """

    source: Source
    state: str
    judgement: Judgement
    distance: float | None
    since_ms: int | None
    now: Sums
    today: Sums
    values: dict[str, float | None]
    fields: dict[str, str]
    reason: str = ""
    beside: Rows = field(default_factory=dict)
    money: Rows = field(default_factory=dict)


def only_campaigns(tiles: Iterable[Tile]) -> bool:
    """True when every one of these tiles is that of a campaign."""
    return all(each.source.kind == "campaign" for each in tiles)


def state_of(value: catalogue.Value, judgement: Judgement) -> str:
    """Good, warn or bad against the target; empty, few or none where that cannot be said."""
    if value.value is None:
        return "empty"
    if value.n < judgement.minimum_n:
        return "few"
    if judgement.target is None:
        return "none"
    if value.value >= judgement.target:
        return "good"
    # 0.8 - 0.05 is a hair above 0.75 in binary: a value of exactly target minus margin is still a warning.
    return "warn" if value.value >= judgement.target - judgement.warn_margin - 1e-12 else "bad"


def headline(
    now: catalogue.Value,
    today: catalogue.Value,
    judgement: Judgement,
    distance: float | None,
    lost: str,
    words: Wording,
) -> dict[str, str]:
    """The fields of the figure that a tile is judged by: now beside today, target and distance, cases and direction.

    `lost`: why it is unknown now, "" if known.
    """
    language, target = words.language, judgement.target
    shown = None if lost else now.value
    return {
        "v": formats.share(shown, language, below=target),
        "vw": formats.share_digits(shown, target),
        "vl": str(len(formats.share_digits(shown, target))),
        "vu": "" if shown is None else "%",
        "d": formats.share(today.value, language, below=target),
        "dw": formats.share(today.value, language, 0, below=target),
        "g": "" if distance is None else words.points.format(points=formats.points(distance, language)),
        "z": "" if target is None else words.goal.format(goal=_goal(judgement, words)),
        "zs": "" if target is None else _goal(judgement, words),
        "n": "" if lost else words.cases.format(n=formats.whole(now.n, language)),
        "nd": formats.whole(now.n, language),
        "dn": formats.whole(today.n, language),
        "x1": across(shown if shown is not None else today.value, target),
        "x2": across(today.value, target),
        "h": ("n" if shown is not None else "") + ("t" if today.value is not None else ""),
        "q": "no" if target is None else "yes",
        "e": lost,
    } | _direction(shown, today.value, words)


def draw(
    source: Source, judgement: Judgement, options: catalogue.Options, words: Wording, axis: day_line.Axis, as_of_ms: int
) -> Tile:
    """The tile as it reads at `as_of_ms`, but for the waiting (`waiting_fields`), which change every second."""
    target = judgement.target
    now = merge(sums(reading, "30m", "live") for reading in source.readings)
    today = merge(sums(reading, "day", "live") for reading in source.readings)
    cells, level = source.cells, catalogue.KPI["service_level"]
    value = catalogue.compute(level, now, cells, options)
    whole_day = catalogue.compute(level, today, cells, options)
    state = "lost" if source.lost else state_of(value, judgement)
    shown = None if source.lost else value.value
    distance = None if shown is None or target is None or state == "few" else shown - target
    fields = {
        "s": state,
        "w": getattr(words, state),
        "wd": words.short_states[state],
    }
    fields |= headline(value, whole_day, judgement, distance, source.lost, words)
    line = day_line.points(source.readings, as_of_ms, options)
    start = day_line.day_start(source.readings) or as_of_ms
    fields["p"] = day_line.path(line, axis, target)
    fields["pt"], fields["pp"] = day_line.tip(line, axis, target, shown, start, as_of_ms)
    since = None
    if state == "bad" and target is not None:
        since = day_line.below_since(line, start, as_of_ms, target, judgement.minimum_n)
    values: dict[str, float | None] = {"service_level": shown, "service_level_today": whole_day.value}
    for name in PAIRS:
        kpi = catalogue.KPI[name]
        pair = [catalogue.compute(kpi, window, cells, options) for window in (now, today)]
        values[name] = None if source.lost else pair[0].value
        fields[f"k:{name}"] = formats.NOTHING if source.lost else text_of(kpi, pair[0], words)
        fields[f"l:{name}"] = text_of(kpi, pair[1], words)
    values["offered"] = float(value.n)
    return Tile(source, state, judgement, distance, since, now, today, values, fields)


def text_of(kpi: catalogue.Kpi, value: catalogue.Value, words: Wording) -> str:
    """The value as people read it; "n. v." where no feed supplies it, a dash where nothing happened, a word where the
    group is too small.
    """
    if value.why == "not_supplied":
        return words.not_supplied
    if value.why == "suppressed":
        return words.withheld
    if kpi.unit == "seconds":
        return formats.minutes(value.value)
    if kpi.unit == "number":
        return formats.decimal(value.value, words.language)
    if kpi.unit == "count":
        return formats.NOTHING if value.value is None else formats.whole(int(value.value), words.language)
    return formats.share(value.value, words.language)


def waiting_fields(source: Source, words: Wording, as_of_ms: int) -> tuple[dict[str, str], dict[str, float | None]]:
    """Who waits now, as texts and as values for sorting."""
    if source.lost:
        nothing = dict.fromkeys(("wn", "wl"), formats.NOTHING)
        return nothing | {"wt": source.lost, "ww": ""}, {"waiting": None, "longest": None}
    waiting = sum(reading.waiting for reading in source.readings)
    oldest = min((r.oldest_arrival_ms for r in source.readings if r.oldest_arrival_ms is not None), default=None)
    longest_seconds = None if oldest is None or not waiting else max(0, as_of_ms - oldest) // 1000
    count, longest = formats.whole(waiting, words.language), formats.minutes(longest_seconds)
    fields = {
        "wn": count,
        "wl": longest,
        "wt": words.waiting.format(n=count, longest=longest) if waiting else words.waiting_none,
        "ww": f"{count} · {longest}" if waiting else "",
    }
    return fields, {"waiting": float(waiting), "longest": None if longest_seconds is None else float(longest_seconds)}


def agents_line(source: Source, words: Wording) -> str:
    """Who serves the hotline now, by what they do: "Agenten: 12 frei · 30 im Gespräch"; empty where nobody is known.

    Distinct persons by state, live, so no group is too small for it.
    """
    if source.lost or not source.serving:
        return ""
    of_state = _by_state(source)
    shown = {
        "available": of_state["available"],
        "talking": of_state["ringing"] + of_state["talking"] + of_state["hold"] + of_state["outbound"],
        "acw": of_state["acw"],
        "pause": of_state["pause"],
    }
    parts = [f"{formats.whole(n, words.language)} {words.agents_by_state[state]}" for state, n in shown.items()]
    return words.agents.format(states=" · ".join(parts))


def agents_fields(source: Source, words: Wording) -> tuple[dict[str, str], dict[str, float | None]]:
    """How many serve the hotline now (`an`), as a text and for sorting."""
    if source.lost or not source.serving:
        return {"an": formats.NOTHING if source.lost else words.not_supplied}, {"agents": None}
    there = _by_state(source)["logged_in"]
    return {"an": formats.whole(there, words.language)}, {"agents": float(there)}


def _by_state(source: Source) -> dict[str, int]:
    of_state: dict[str, int] = {}
    for reading in source.serving:
        for name, count in zip(FURTHER["serving"].now, reading.now, strict=True):
            of_state[name.removeprefix("serving_")] = of_state.get(name.removeprefix("serving_"), 0) + count
    return of_state


def late_waiting(readings: Sequence[Reading]) -> int:
    """How many wait longer than their threshold already."""
    return sum(reading.late_waiting for reading in readings)


def _goal(judgement: Judgement, words: Wording) -> str:
    """The target as it stands on a track; there must be one."""
    assert judgement.target is not None
    text = formats.goal(judgement.target, words.language)
    return words.weighted.format(goal=text) if judgement.weighted else text


def _direction(now: float | None, today: float | None, words: Wording) -> dict[str, str]:
    """The arrow of the last 30 minutes against today, and what it says."""
    if now is None or today is None:
        return {"a": "none", "aw": words.no_direction}
    if abs(now - today) < LEVEL_MARGIN:
        return {"a": "level", "aw": words.level}
    return {"a": "up", "aw": words.higher} if now > today else {"a": "down", "aw": words.lower}
