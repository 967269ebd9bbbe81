"""Recorded cases as text: what goes in stands behind ">", what must come out is indented below it.

Visits are called v1, v2 ... in the order in which they appear; times of facts are UTC seconds.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from collectors.contract import Parsed, Parser, Verdict
from streams.records import Arrived, AtTheDoor, Ended, Fact, GivenUp, Handled, Worked
from streams.records_orders import Ordered
from streams.records_outbound import Attempted, ListCounted, Told
from streams.records_shifts import Rostered
from streams.records_trunks import TrunkCounted
from tests.collectors.bench import NOW_MS


def told(parser: Parser, lines: list[str], *, people: bool = False) -> str:
    """The lines and what the parser makes of calls, or of people, as a case writes it."""
    names: dict[bytes, str] = {}
    out = []
    position = 0
    if lines:
        parser.begin("source", lines[0].encode(), b"")
    for line in lines:
        out.append(f">{line}")
        data = line.encode()
        parsed = parser.parse(data, position, NOW_MS)
        position += len(data) + 1
        out += [f"    {text}" for text in _said(parsed, names, people)]
    return "\n".join(out) + "\n"


def inputs(case: str) -> list[str]:
    """The lines that go in."""
    return [line[1:] for line in case.splitlines() if line.startswith(">")]


def expected(path: Path) -> str:
    """A case without its remarks and empty lines."""
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line and not line.startswith("#")) + "\n"


def _said(parsed: Parsed, names: dict[bytes, str], people: bool) -> list[str]:
    said = [_fact(fact, names) for fact in parsed.facts if isinstance(fact, Worked) == people]
    if parsed.conflict:
        said.append("conflict")
    if parsed.verdict is not Verdict.COUNTED or not said:
        said.append(f"{parsed.verdict.value} {parsed.reason}".rstrip())
    return said


def _fact(fact: Fact, names: dict[bytes, str]) -> str:
    at = f"{fact.at_ms / 1000:.3f}" if fact.at_ms % 1000 else str(fact.at_ms // 1000)
    if isinstance(fact, Arrived):
        return f"{_name(fact.visit, names)} arrived {at} {fact.cell.hotline}"
    if isinstance(fact, AtTheDoor):
        return f"{_name(fact.visit, names)} {fact.door.name.lower()} {at} {fact.cell.hotline}"
    if isinstance(fact, Ended):
        by = " by an agent" if fact.agent else ""
        return f"{_name(fact.visit, names)} {fact.outcome.name.lower()} {at}{by}"
    if isinstance(fact, Handled):
        parts = [f"talk {fact.talk_ms / 1000:g}"]
        parts += [] if fact.hold_ms is None else [f"hold {fact.hold_ms / 1000:g}"]
        parts += [] if fact.acw_ms is None else [f"acw {fact.acw_ms / 1000:g}"]
        parts += ["transferred"] * fact.transferred + [f"version {fact.version}"] * (fact.version > 0)
        return f"{_name(fact.visit, names)} handled {at} {', '.join(parts)}"
    if isinstance(fact, GivenUp):
        return f"{_name(fact.visit, names)} given up {at}"
    if isinstance(fact, Worked):
        lasting = f" for {fact.duration_ms / 1000:g}" if fact.duration_ms else ""
        because = f" because of {fact.reason}" if fact.reason else ""
        return f"{_person(fact.agent, names)} {fact.work.name.lower()} {at} {fact.serves.hotline}{lasting}{because}"
    if isinstance(fact, Attempted):
        said = "|".join(told.name or "" for told in Told if told & fact.told) or "nothing"
        parts = [f"{_name(fact.attempt, names)} attempted {at} {fact.cell.campaign} {fact.disposition}: {said.lower()}"]
        parts += [f"{fact.count} attempts"] * (fact.count > 1)
        parts += [f"length {fact.length_ms / 1000:g}"] * (fact.length_ms >= 0)
        return ", ".join(parts)
    if isinstance(fact, ListCounted):
        counted = msgspec.structs.astuple(fact)[3:]
        numbers = " ".join(str(number) for number in counted[:8])
        callbacks = f", callbacks {' '.join(str(number) for number in counted[8:])}" if any(counted[8:]) else ""
        return f"{_name(fact.call_list, names)} list counted {at} {fact.cell.campaign}: {numbers}{callbacks}"
    if isinstance(fact, Ordered):
        kind = "cancellation" if fact.cancels else "order"
        place = "/".join((fact.cell.project, fact.cell.campaign, fact.cell.hotline))
        return f"{_name(fact.order, names)} {kind} {at} {place}: {fact.revenue_minor} {fact.currency}"
    if isinstance(fact, TrunkCounted):
        kind = "cumulative" if fact.cumulative else "since last"
        said = f"{fact.in_use} of {fact.channels} in use, busy {fact.busy} blocked {fact.blocked} {kind}"
        return f"{_name(fact.trunk, names)} counted {at} {fact.cell.hotline}: {said}"
    if isinstance(fact, Rostered):
        lasts = fact.amount_ms or fact.until_ms - fact.at_ms
        where = "/".join(name for name in (fact.cell.hotline, fact.cell.site, fact.cell.team) if name)
        words = [_person(fact.agent, names), fact.plan.name.lower(), at, "for", f"{lasts / 1000:g}", where]
        return " ".join(filter(None, [*words, "undated" * fact.undated]))
    return f"seen {fact.cell.hotline}"


def _person(agent: bytes, names: dict[bytes, str]) -> str:
    return names.setdefault(agent, f"p{sum(name.startswith('p') for name in names.values()) + 1}")


def _name(visit: bytes, names: dict[bytes, str]) -> str:
    return names.setdefault(visit, f"v{sum(name.startswith('v') for name in names.values()) + 1}")
