"""Money as text: calls, shifts and orders in, euros out. `cases/*.txt` hold such stories; this reads them.

```
# what the story shows
sold hotlines=A per_minute=0.60                      a contract; bought and cost likewise: keys of the settings
2026-07-08 10:00 call A 61                           arrived and answered then, 61 s of talk, at once finished
2026-07-08 10:00 call A 61 at=X                      ... answered by provider X
2026-07-08 10:00 attempt K contact                   nothing, contact or success
2026-07-08 10:00 order A 12.50 [EUR]                 its own revenue; cancel: taken back, the amount negative
2026-07-08 08:00 to 16:00 agents 10 team=T           so many are logged in
2026-07-08 08:00 to 16:00 planned 10 team=T          ... have a shift
2026-07-08 08:00 to 10:00 absent 2 team=T            ... of the team are absent, whatever they are planned for
> day 2026-07-08 [by hotline]                        also: month 2026-07, 30m 2026-07-08 12:00, or FROM to TO
    A: revenue 1.20, margin_1 null not_supplied      the rows are all rows of the answer ("all" without `by`)
```

Times are local times of Europe/Berlin and may bear an offset. `from` and `to` of a contract default to 2026-01-01 and
no end. Hotline names are their queues; `in A=P` puts hotline or campaign A into project P, before anything else.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
NOT_A_TEXT = {"included", "minimum", "step_seconds"}
LISTS = {"hotlines", "campaigns", "projects", "service_days"}
OF_PRICE = {
    *("per_call", "per_minute", "step_seconds", "per_contact", "per_success", "per_order"),
    *("base_fee", "included", "included_unit", "minimum", "minimum_unit"),
}


@dataclass(frozen=True)
class Call:
    """An answered call of so many ms of talk."""

    at_ms: int
    hotline: str
    talk_ms: int
    provider: str = ""

    @property
    def end_ms(self) -> int:
        return self.at_ms + self.talk_ms


@dataclass(frozen=True)
class Attempt:
    at_ms: int
    campaign: str
    said: str


@dataclass(frozen=True)
class Order:
    """`cents` is negative for a cancellation. `place` is a hotline or a campaign, empty for an unknown project."""

    at_ms: int
    place: str
    cents: int
    cancels: bool
    currency: str


@dataclass(frozen=True)
class Shift:
    """`what`: agents who are logged in, planned or absent ones."""

    what: str
    from_ms: int
    to_ms: int
    persons: int
    team: str


@dataclass
class Terms:
    """A contract or cost as written: what it is and its keys."""

    what: str
    keys: dict[str, str]


@dataclass
class Question:
    kind: str
    from_ms: int
    to_ms: int
    by: str
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""


@dataclass
class Story:
    title: str
    terms: list[Terms] = field(default_factory=list)
    projects: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def names(self, kind: str) -> list[str]:
        """Every hotline or campaign that anything speaks of."""
        seen = {name: None for one in self.terms for name in one.keys.get(kind, "").split(",") if name}
        if kind == "hotlines":
            seen |= dict.fromkeys(call.hotline for call in self.calls)
            seen |= {order.place: None for order in self.orders if order.place and not order.place.startswith("K")}
            seen |= {name: None for name in self.projects if not name.startswith("K")}
        else:
            seen |= dict.fromkeys(attempt.campaign for attempt in self.attempts)
            seen |= {order.place: None for order in self.orders if order.place.startswith("K")}
            seen |= {name: None for name in self.projects if name.startswith("K")}
        return list(seen)


def at(text: str) -> int:
    """UTC ms of a local time; in a repeated hour the first, unless an offset says which."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).timestamp() * 1000)


def stories(folder: Path) -> Iterator[Story]:
    """Every story of every file."""
    for file in sorted(folder.glob("*.txt")):
        yield from read(file.read_text(encoding="utf-8"))


def read(text: str) -> Iterator[Story]:
    """The stories of one text. Raises ValueError for a line that means nothing."""
    story: Story | None = None
    for line in text.splitlines():
        if line.startswith("# "):
            if story is not None:
                yield story
            story = Story(line[2:])
        elif line.strip():
            assert story is not None, f"before the first title: {line}"
            _take(story, line)
    if story is not None:
        yield story


def _take(story: Story, line: str) -> None:
    first, *rest = shlex.split(line)
    if line.startswith("    "):
        label, _, said = line.strip().partition(": ")
        values = dict(each.strip().split(" ", 1) for each in said.split(","))
        story.questions[-1].rows.append((label, values))
    elif first in ("sold", "bought", "cost"):
        story.terms.append(Terms(first, dict(each.split("=", 1) for each in rest)))
    elif first == "in":
        story.projects |= dict(each.split("=", 1) for each in rest)
    elif first == ">":
        story.questions.append(_question(rest, line))
    elif rest[1] == "to":
        story.shifts.append(_shift(first, rest))
    else:
        _happen(story, at(f"{first} {rest[0]}"), rest[1:], line)


def _shift(day: str, rest: list[str]) -> Shift:
    ends = f"{rest[2]} {rest[3]}" if "-" in rest[2][:5] else f"{day} {rest[2]}"
    what, persons, *more = rest[4 if "-" in rest[2][:5] else 3 :]
    keys = dict(each.split("=", 1) for each in more)
    return Shift(what, at(f"{day} {rest[0]}"), at(ends), int(persons), keys.get("team", ""))


def _happen(story: Story, at_ms: int, words: list[str], line: str) -> None:
    what, place, *more = words
    if what == "call":
        keys = dict(each.split("=", 1) for each in more[1:])
        story.calls.append(Call(at_ms, place, round(float(more[0]) * 1000), keys.get("at", "")))
    elif what == "attempt":
        story.attempts.append(Attempt(at_ms, place, more[0]))
    elif what in ("order", "cancel"):
        cents = round(float(more[0]) * 100)
        known = "" if place == "nobody" else place
        story.orders.append(Order(at_ms, known, cents, what == "cancel", more[1] if more[1:] else "EUR"))
    else:
        message = f"{story.title}: not understood: {line}"
        raise ValueError(message)


def _question(words: list[str], text: str) -> Question:
    by = words[words.index("by") + 1] if "by" in words else ""
    match words:
        case ["day", day, *_]:
            return Question("day", at(day), at(_next_day(day)), by, text=text)
        case ["month", month, *_]:
            year, number = map(int, month.split("-"))
            after = f"{year + number // 12}-{number % 12 + 1:02}-01"
            return Question("month", at(f"{month}-01"), at(after), by, text=text)
        case ["30m" | "today" as window, day, clock, *_]:
            as_of_ms = at(f"{day} {clock}")
            return Question(window, at(day) if window == "today" else as_of_ms - 1_800_000, as_of_ms, by, text=text)
        case [day, clock, "to", until_day, until, *_]:
            return Question("total", at(f"{day} {clock}"), at(f"{until_day} {until}"), by, text=text)
    raise ValueError(text)


def _next_day(day: str) -> str:
    from datetime import date, timedelta

    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def toml(story: Story) -> str:
    """The settings of a story."""
    lines = []
    for name in story.names("hotlines"):
        for provider in [
            "",
            *sorted({call.provider for call in story.calls if call.hotline == name and call.provider}),
        ]:
            lines += ["[[queues]]", f'queue = "{name}{provider}"', f'hotline = "{name}"', f'provider = "{provider}"']
            lines += [f'project = "{story.projects[name]}"'] if name in story.projects else []
    for name in story.names("campaigns"):
        lines.append(f'[campaigns."{name}"]')
        lines += [f'project = "{story.projects[name]}"'] if name in story.projects else []
    for number, one in enumerate(story.terms):
        lines += _terms(number, one)
    if any(one.keys.get("hours") == "planned" for one in story.terms):
        lines += ["[feeds.plan]", 'collector = "shifts"', 'path = "plan.csv"']
    return "\n".join(lines) + "\n"


def _terms(number: int, one: Terms) -> Iterator[str]:
    keys = {"from": "2026-01-01", "name": f"{one.what} {number}"} | one.keys
    if one.what != "cost":
        keys = {"party": "somebody"} | keys
        yield from ("[[contracts]]", f'direction = "{one.what}"')
    else:
        yield "[[costs]]"
    price = {}
    for name, value in keys.items():
        of_price = name in OF_PRICE or (name == "per_agent_hour" and one.what != "cost")
        if of_price:
            price[name] = value
        elif name in ("from", "to"):
            yield f"valid_{name} = {value}"
        elif name in LISTS:
            yield f"{name} = [{', '.join(f'{each!r}' for each in value.split(','))}]"
        else:
            yield f'{name} = "{value}"'
    if price:
        yield "[contracts.price]"
        for name, value in price.items():
            yield f"{name} = {value}" if name in NOT_A_TEXT else f'{name} = "{value}"'
