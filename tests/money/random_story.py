"""Random stories: contracts of every model and a month of calls, shifts and orders around an edge of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.money.story import Attempt, Call, Order, Question, Shift, Story, Terms, at

EDGES = ("2026-03-29", "2026-10-25", "2026-07-31", "2026-12-31", "2026-06-15")
_DAY_MS = 86_400_000


def random_story(seed: int) -> Story:
    """A story around one edge, with three questions: a day, a month and hours."""
    chance = Random(seed)
    edge = date.fromisoformat(chance.choice(EDGES))
    middle_ms = at(edge.isoformat())
    story = Story(f"random {seed}", terms=_terms(chance, edge), projects={"A": "P", "K1": "P"})
    for _ in range(chance.randrange(60)):
        at_ms = middle_ms + chance.randrange(-20 * 1440, 3 * 1440) * 60_000 + chance.choice((0, 1, 999, 59_999))
        talk_ms = chance.choice((0, 1, 999, 1_000, 59_999, 60_000, 60_001, chance.randrange(900_000)))
        story.calls.append(Call(at_ms, chance.choice("AB"), talk_ms, chance.choice(("", "X"))))
        if chance.randrange(2):
            said = chance.choice(("nothing", "contact", "success"))
            story.attempts.append(Attempt(at_ms, chance.choice(("K1", "K2")), said))
        if chance.randrange(4) == 0:
            cancels, cents = bool(chance.randrange(2)), chance.choice((0, 1, 999))
            place, cents = chance.choice(("A", "K1", "")), -cents if cancels else cents
            story.orders.append(Order(at_ms, place, cents, cancels, "EUR"))
    for number in range(chance.randrange(4)):
        from_ms = middle_ms + chance.randrange(-48, 48) * 3_600_000
        hours = chance.randrange(1, 12)
        what = chance.choice(("agents", "agents", "planned"))
        # A team has one shift in which it is planned: a person's work that is planned twice counts once.
        team = chance.choice("TU") if what == "agents" else f"planned {number}"
        story.shifts.append(Shift(what, from_ms, from_ms + hours * 3_600_000, chance.randrange(8, 12), team))
        if what == "planned":
            story.shifts.append(Shift("absent", from_ms, from_ms + 1_800_000, chance.randrange(8), team))
    day = (edge + timedelta(days=chance.choice((-1, 0, 0, 1)))).isoformat()
    story.questions = [_day(day), _month(day), _hours(chance, middle_ms)]
    return story


def _terms(chance: Random, edge: date) -> list[Terms]:
    mixes = (
        {"per_minute": "0.59", "step_seconds": str(chance.choice((0, 1, 6, 10, 30, 60)))},
        {"per_call": "0.85", "per_contact": "1.2", "per_success": "25"},
        {"per_call": "1.05", "base_fee": "3100.00", "included": str(chance.randrange(1, 30))},
        {"per_minute": "1", "included": str(chance.randrange(1, 90)), "included_unit": "minutes", "base_fee": "99.99"},
        {"per_call": "0.333333", "minimum": str(chance.randrange(1, 90))},
        {"per_order": "9", "per_agent_hour": "32.1", "agents_team": "T"},
    )
    service = chance.choice(
        (
            {},
            {"service_from": "08:00", "service_to": "20:00", "service_days": "mon,tue,wed,thu,fri"},
            {"service_from": "22:00", "service_to": "06:00"},
            {"service_from": "01:30", "service_to": "04:30"},
        )
    )
    places = {"projects": "P"} if chance.randrange(2) else {"hotlines": "A", "campaigns": "K1"}
    mix = chance.choice(mixes)
    terms = []
    if chance.randrange(3) == 0:
        # Two versions, the second from the edge on.
        terms.append(Terms("sold", places | mix | service | {"to": (edge - timedelta(days=1)).isoformat()}))
        terms.append(Terms("sold", places | chance.choice(mixes) | {"from": edge.isoformat()}))
    else:
        terms.append(Terms("sold", places | mix | service))
    terms.append(Terms("sold", {"hotlines": "B"} | chance.choice(mixes[:5])))
    if chance.randrange(2):
        terms.append(Terms("bought", {"hotlines": "A,B", "party": "X"} | chance.choice(mixes[:1] + mixes[2:5])))
    paid = {"kind": "agents", "hotlines": "A,B", "per_agent_hour": "19.9"}
    terms.append(Terms("cost", paid | {"hours": chance.choice(("logged_in", "planned"))}))
    terms.append(Terms("cost", {"kind": "staff", "name": "leads", "campaigns": "K1", "per_month": "4200"} | service))
    return terms


def _day(day: str) -> Question:
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return Question("day", at(day), at(after), "", text=f"day {day}")


def _month(day: str) -> Question:
    first = date.fromisoformat(day).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return Question("month", at(first.isoformat()), at(after.isoformat()), "", text=f"month of {day}")


def _hours(chance: Random, middle_ms: int) -> Question:
    from_ms = middle_ms + chance.randrange(-60, 60) * 1_800_000
    to_ms = from_ms + chance.randrange(1, 100) * 1_800_000
    return Question("total", from_ms, to_ms, "", text=f"{from_ms} to {to_ms}")
