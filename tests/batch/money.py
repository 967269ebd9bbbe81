"""The slow computation of money: every call, attempt and order by itself, time half hour by half hour.

It knows stories as they are written and shares no code with the running core. Amounts are exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.money.story import Call, Story, Terms

_ZONE = ZoneInfo("Europe/Berlin")
_STEP_MS = 1_800_000
_UNITS = {
    "per_call": "calls",
    "per_minute": "minutes",
    "per_contact": "contacts",
    "per_success": "successes",
    "per_order": "orders",
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _local(at_ms: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(_ZONE)


def _midnight(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=_ZONE).timestamp()) * 1000


def _month(at_ms: int) -> tuple[date, date]:
    first = _local(at_ms).date().replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


@lru_cache(maxsize=256)
def _in_service(days: str, begins: str, ends: str, first: date, last: date) -> tuple[int, ...]:
    """The half hours (UTC ms) from one day to another, exclusive, in which the service runs."""
    found = []
    at_ms = _midnight(first)
    while at_ms < _midnight(last):
        local = _local(at_ms)
        clock, day = f"{local:%H:%M}", local.date()
        if begins < ends:
            runs = begins <= clock < ends and _WEEKDAYS[day.weekday()] in days
        elif clock >= begins:
            runs = _WEEKDAYS[day.weekday()] in days
        else:
            runs = clock < ends and _WEEKDAYS[(day - timedelta(days=1)).weekday()] in days
        if runs:
            found.append(at_ms)
        at_ms += _STEP_MS
    return tuple(found)


def _share(terms: Terms, from_ms: int, to_ms: int, holds: Callable[[int], bool]) -> Fraction:
    """The months' shares of service time that lie in [from, to), where the terms hold."""
    keys = terms.keys
    total = Fraction(0)
    at_ms = from_ms
    while at_ms < to_ms:
        first, after = _month(at_ms)
        steps = _in_service(
            keys.get("service_days", ",".join(_WEEKDAYS)),
            keys.get("service_from", "00:00"),
            keys.get("service_to", "00:00"),
            first,
            after,
        )
        own_ms = sum(_overlap_ms(step, step + _STEP_MS, from_ms, to_ms) for step in steps if holds(step))
        total += Fraction(own_ms, len(steps) * _STEP_MS) if steps else Fraction(0)
        at_ms = _midnight(after)
    return total


def _holds(terms: Terms) -> Callable[[int], bool]:
    since = _midnight(date.fromisoformat(terms.keys.get("from", "2026-01-01")))
    until = terms.keys.get("to")
    end = None if until is None else _midnight(date.fromisoformat(until) + timedelta(days=1))
    return lambda at_ms: since <= at_ms and (end is None or at_ms < end)


def _uses(story: Story, terms: Terms) -> Iterator[tuple[int, str, Fraction]]:
    """(instant, unit, quantity) of everything that this contract prices, in the order in which it ended."""
    keys = terms.keys
    listed = {kind: [one for one in keys.get(kind, "").split(",") if one] for kind in ("hotlines", "campaigns")}
    projects = [one for one in keys.get("projects", "").split(",") if one]

    def ours(kind: str, name: str) -> bool:
        return name in listed[kind] or (name in story.projects and story.projects[name] in projects)

    found: list[tuple[int, str, Fraction]] = []
    for call in story.calls:
        bought_elsewhere = terms.what == "bought" and call.provider != keys["party"]
        if ours("hotlines", call.hotline) and not bought_elsewhere:
            found += [(call.end_ms, "calls", Fraction(1)), (call.end_ms, "minutes", _minutes(call, keys))]
    for attempt in story.attempts if terms.what == "sold" else ():
        if ours("campaigns", attempt.campaign):
            found.append((attempt.at_ms, "calls", Fraction(1)))
            if attempt.said in ("contact", "success"):
                found.append((attempt.at_ms, "contacts", Fraction(1)))
            if attempt.said == "success":
                found.append((attempt.at_ms, "successes", Fraction(1)))
    for order in story.orders if terms.what == "sold" else ():
        kind = "campaigns" if order.place.startswith("K") else "hotlines"
        if order.place and ours(kind, order.place):
            found.append((order.at_ms, "orders", Fraction(-1 if order.cancels else 1)))
    yield from sorted(found, key=lambda use: use[0])


def _minutes(call: Call, keys: Mapping[str, str]) -> Fraction:
    step_s = int(keys.get("step_seconds", "60"))
    if not step_s:
        return Fraction(call.talk_ms, 60_000)
    billed_s = 0
    while billed_s * 1000 < call.talk_ms:
        billed_s += step_s
    return Fraction(billed_s, 60)


def _hours(story: Story, keys: Mapping[str, str], from_ms: int, to_ms: int, holds: Callable[[int], bool]) -> Fraction:
    """Shifts begin and end on half hours, so do contracts."""
    persons_ms = 0
    what = {"logged_in": "agents", "planned": "planned"}[keys.get("hours", "logged_in")]
    for shift in story.shifts:
        if shift.what == what and keys.get("agents_team", "") in ("", shift.team):
            for at_ms in range(shift.from_ms, shift.to_ms, _STEP_MS):
                persons_ms += shift.persons * _overlap_ms(at_ms, at_ms + _STEP_MS, from_ms, to_ms) * holds(at_ms)
    return Fraction(persons_ms, 3_600_000)


def _overlap_ms(begin_ms: int, end_ms: int, from_ms: int, to_ms: int) -> int:
    return max(0, min(end_ms, to_ms) - max(begin_ms, from_ms))


def _of_terms(story: Story, terms: Terms, from_ms: int, to_ms: int, first_ms: int, after_ms: int) -> Fraction:
    keys, holds = terms.keys, _holds(terms)
    amount = Fraction(keys.get("base_fee", keys.get("per_month", "0"))) * _share(terms, from_ms, to_ms, holds)
    hours = _hours(story, keys, from_ms, to_ms, holds)
    amount += Fraction(keys.get("per_agent_hour", "0")) * hours
    left: dict[date, Fraction] = {}
    used: dict[date, Fraction] = {}
    for at_ms, unit, quantity in _uses(story, terms) if terms.what != "cost" else ():
        price = next((keys[key] for key, of in _UNITS.items() if of == unit and key in keys), None)
        if price is None or not holds(at_ms):
            continue
        month, charged = _month(at_ms)[0], quantity
        if unit == keys.get("included_unit", "calls") and "included" in keys:
            free = min(left.setdefault(month, Fraction(keys["included"])), quantity)
            left[month] -= free
            charged -= free
        if first_ms <= at_ms < after_ms:
            amount += charged * Fraction(price)
            if unit == keys.get("minimum_unit", "calls"):
                used[month] = used.get(month, Fraction(0)) + quantity
    return amount + _shortfalls(terms, used, from_ms, to_ms, holds)


def _shortfalls(
    terms: Terms, used: Mapping[date, Fraction], from_ms: int, to_ms: int, holds: Callable[[int], bool]
) -> Fraction:
    keys, total, at_ms = terms.keys, Fraction(0), from_ms
    unit = keys.get("minimum_unit", "calls")
    while at_ms < to_ms and "minimum" in keys:
        first, after = _month(at_ms)
        held = [day for day in _days(first, after) if holds(_midnight(day))]
        if held and from_ms <= _midnight(held[0]) and _midnight(held[-1] + timedelta(days=1)) <= to_ms:
            owed = Fraction(keys["minimum"]) * _share(terms, _midnight(first), _midnight(after), holds)
            free = Fraction(keys.get("included", "0")) if keys.get("included_unit", "calls") == unit else Fraction(0)
            lacking = max(owed, free) - max(used.get(first, Fraction(0)), free)
            price = next(keys[key] for key, of in _UNITS.items() if of == unit)
            total += max(Fraction(0), lacking) * Fraction(price)
        at_ms = _midnight(after)
    return total


def _days(first: date, after: date) -> Sequence[date]:
    return [first + timedelta(days=number) for number in range((after - first).days)]


def totals(story: Story, from_ms: int, to_ms: int, happened: tuple[int, int] | None = None) -> dict[str, Fraction]:
    """Revenue and costs of everything in [from, to), in one currency.

    `happened`: of what has an instant and no length, that in [first, after) counts; the same unless it is given.
    """
    first_ms, after_ms = (from_ms, to_ms) if happened is None else happened
    kinds = {"sold": "revenue", "bought": "direct", "agents": "direct", "staff": "staff", "overhead": "overhead"}
    found: dict[str, Fraction] = {}
    for terms in story.terms:
        kind = kinds[terms.keys["kind"] if terms.what == "cost" else terms.what]
        found[kind] = found.get(kind, Fraction(0)) + _of_terms(story, terms, from_ms, to_ms, first_ms, after_ms)
    sold = [order.cents for order in story.orders if first_ms <= order.at_ms < after_ms]
    if any(sold):
        found["revenue"] = found.get("revenue", Fraction(0)) + Fraction(sum(sold), 100)
    return found
