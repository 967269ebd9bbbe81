"""A story as the files of a real centre: a queue_log, a dialer's export, orders and a plan, with settings for all."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from streams.money.account import printed
from tests.batch.money import totals
from tests.money.story import ZONE, Attempt, Call, Order, Shift, Story, Terms, at, toml

HALF_HOUR_MS = 1_800_000
_HOUR_MS = 2 * HALF_HOUR_MS
_RUNNING = ("base_fee", "per_month", "minimum")
"""Amounts that accrue with every millisecond, or appear in whole months only."""
FILES = {"calls": "queue_log", "dialer": "dialer.csv", "plan": "plan.csv", "sales": "orders/1.csv"}
"""The file of each feed."""
_FEEDS = """
time_format = "epoch"
[feeds.calls]
collector = "queue_log"
path = "queue_log"
supplies = ["talk"]
[feeds.sales]
collector = "orders"
path = "orders"
[feeds.dialer]
collector = "columns"
path = "dialer.csv"
campaign = "campaign"
times.at.format = "epoch"
cases = [
  { when = { said = "nothing" }, result = "no_contact", at = "at" },
  { when = { said = "contact" }, result = "right_party_contact", at = "at" },
  { when = { said = "success" }, result = "success", at = "at" },
]
[site]
zone = "Europe/Berlin"
[web]
port = 0
[[agents]]
names = ["T-*"]
team = "T"
[[agents]]
names = ["U-*"]
team = "U"
"""


def two_days(now_ms: int, seed: int = 1) -> Story:
    """Contracts of every kind, and what happened since yesterday; all of it was over some minutes ago."""
    chance = random.Random(seed)
    story = Story("two days", terms=_terms())
    today_ms = midnight(now_ms)
    begin_ms, end_ms = midnight(today_ms - 1), now_ms // 1000 * 1000 - 600_000
    for _ in range(400):
        at_ms = chance.randrange(begin_ms, end_ms) // 1000 * 1000
        talk_ms = min(chance.choice((0, 1, 6, 7, 59, 60, 61, chance.randrange(900))) * 1000, end_ms - at_ms)
        story.calls.append(Call(at_ms, chance.choice("AABC"), talk_ms, chance.choice(("", "X"))))
    for _ in range(60):
        at_ms = chance.randrange(begin_ms, end_ms) // 1000 * 1000
        story.attempts.append(Attempt(at_ms, "K1", chance.choice(("nothing", "contact", "success"))))
    for number in range(30):
        at_ms, cancels = chance.randrange(begin_ms, end_ms) // 1000 * 1000, number % 5 == 0
        cents = -1_999 if cancels else chance.choice((0, 1, 4_950))
        story.orders.append(Order(at_ms, chance.choice(("A", "K1")), cents, cancels, "EUR"))
    lately_ms = now_ms // HALF_HOUR_MS * HALF_HOUR_MS
    story.shifts = [
        Shift("agents", today_ms - 12 * _HOUR_MS, today_ms - 8 * _HOUR_MS, 9, "T"),
        Shift("agents", lately_ms - 4 * HALF_HOUR_MS, lately_ms - HALF_HOUR_MS, 11, "T"),
        Shift("planned", today_ms - 14 * _HOUR_MS, today_ms - 6 * _HOUR_MS, 10, "U"),
        Shift("absent", today_ms - 14 * _HOUR_MS, today_ms - 6 * _HOUR_MS, 2, "U"),
        Shift("planned", lately_ms - 5 * HALF_HOUR_MS, lately_ms - HALF_HOUR_MS, 9, "U"),
    ]
    return story


def _terms() -> list[Terms]:
    paid = {"kind": "agents", "per_agent_hour": "19.90"}
    return [
        Terms(
            "sold", {"hotlines": "A", "per_call": "0.85", "per_minute": "0.35", "step_seconds": "6", "included": "9"}
        ),
        Terms("sold", {"hotlines": "B", "per_minute": "0.599", "step_seconds": "1"}),
        Terms("sold", {"hotlines": "C", "base_fee": "3100.00", "per_call": "1.10"}),
        Terms("sold", {"campaigns": "K1", "per_contact": "1.20", "per_success": "25.00", "per_call": "0.05"}),
        Terms("bought", {"hotlines": "A,B", "party": "X", "per_call": "0.20", "per_minute": "0.30"}),
        Terms("cost", paid | {"name": "by presence", "hotlines": "A", "agents_team": "T"}),
        Terms("cost", paid | {"name": "by plan", "hotlines": "B", "agents_team": "U", "hours": "planned"}),
        Terms("cost", {"name": "leads", "kind": "staff", "hotlines": "C", "per_month": "4200.00"}),
    ]


def midnight(at_ms: int) -> int:
    """When the day of this instant began."""
    return at(_day(at_ms).isoformat())


def _day(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms // 1000, ZONE).date()


def yesterday(now_ms: int) -> tuple[int, int]:
    """[from, to) of the day before."""
    today_ms = midnight(now_ms)
    return at((_day(today_ms) - timedelta(days=1)).isoformat()), today_ms


def write(story: Story, folder: Path) -> tuple[Path, dict[str, int]]:
    """Writes the settings and every file; the settings' path, and how many rows each feed has."""
    config = folder / "leitstand.toml"
    # The last table of a story is that of the plan.
    config.write_text(f"{toml(story).rstrip()}{_FEEDS}", "utf-8")
    heads = {
        "dialer": "at,campaign,said",
        "plan": "person,from,to,kind",
        "sales": "order;time;cancels;project;campaign;hotline;revenue;currency",
    }
    rows = {
        "calls": sorted(_queue_log(story), key=lambda line: int(line.partition("|")[0])),
        "dialer": [f"{one.at_ms // 1000},{one.campaign},{one.said}" for one in story.attempts],
        "plan": list(_plan(story)),
        "sales": list(_orders(story)),
    }
    for feed, name in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([*filter(None, [heads.get(feed)]), *rows[feed], ""]), "utf-8")
    orders = folder / FILES["sales"]
    checksum = hashlib.sha256(orders.read_bytes()).hexdigest()
    orders.with_name(f"{orders.name}.sha256").write_text(f"{checksum}  {orders.name}\n")
    return config, {feed: len(of_feed) for feed, of_feed in rows.items()}


def _queue_log(story: Story) -> Iterator[str]:
    for number, call in enumerate(story.calls):
        at_s, talk_s = call.at_ms // 1000, call.talk_ms // 1000
        begin = f"{at_s}|{at_s}.{number}|{call.hotline}{call.provider}"
        yield f"{begin}|NONE|ENTERQUEUE||0301|1"
        yield f"{begin}|NONE|CONNECT|0|x|0"
        yield f"{at_s + talk_s}|{begin.partition('|')[2]}|NONE|COMPLETECALLER|0|{talk_s}|1"
    for shift in story.shifts:
        for person in range(shift.persons if shift.what == "agents" else 0):
            for at_ms, event in ((shift.from_ms, "ADDMEMBER"), (shift.to_ms, "REMOVEMEMBER")):
                yield f"{at_ms // 1000}|NONE|A|{shift.team}-{person}|{event}|"


def _plan(story: Story) -> Iterator[str]:
    for shift in story.shifts:
        kind = {"planned": "work", "absent": "Urlaub"}.get(shift.what)
        for person in range(shift.persons if kind else 0):
            yield f"{shift.team}-{person},{shift.from_ms // 1000},{shift.to_ms // 1000},{kind}"


def _orders(story: Story) -> Iterator[str]:
    for number, order in enumerate(story.orders):
        place = f"{order.place};" if order.place.startswith("K") else f";{order.place}"
        cancels, amount = "earlier" if order.cancels else "", Decimal(order.cents).scaleb(-2)
        yield f"{number};{_iso(order.at_ms)};{cancels};;{place};{amount:.2f};EUR"


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def right(story: Story, from_ms: int, to_ms: int) -> dict[str, dict[str, str | None]]:
    """By hotline, the campaign under "", what the slow computation gives, as it is printed; None: not supplied.

    Both instants lie on half hours.
    """
    places = {"": ("campaigns", "K1")} | {hotline: ("hotlines", hotline) for hotline in "ABC"}
    return {name: _figures(_of_place(story, *place), from_ms, to_ms) for name, place in places.items()}


def _of_place(story: Story, kind: str, name: str) -> Story:
    # Prices by unit alone: what several hotlines share would have to be divided.
    own = [one for one in story.terms if name in one.keys.get(kind, "").split(",")]
    terms = [Terms(one.what, one.keys | {kind: name}) for one in own]
    orders = [order for order in story.orders if order.place == name]
    return replace(story, terms=terms, orders=orders)


def _figures(story: Story, from_ms: int, to_ms: int) -> dict[str, str | None]:
    sums = totals(story, from_ms, to_ms)
    revenue, direct, staff = (sums.get(kind) for kind in ("revenue", "direct", "staff"))
    margin = None if revenue is None or direct is None else revenue - direct
    second = None if margin is None or staff is None else margin - staff
    figures = {"revenue": revenue, "direct_cost": direct, "margin_1": margin, "margin_2": second}
    return {name: None if amount is None else printed(Fraction(amount)) for name, amount in figures.items()}


def came(document: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """The same figures of a `kpis --json --by hotline` document of one window or interval."""
    names = ("revenue", "direct_cost", "margin_1", "margin_2")
    return {row["by"]["hotline"]: {name: row["kpis"][name]["value"] for name in names} for row in document["rows"]}
