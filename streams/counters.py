"""The additive counters of a cell, in the order in which they stand in every array and in the store.

Names, instants and bases are those of the contract, section 1. Every column is a plain sum, so cells, partitions and
levels merge by adding; the maximum and the histogram of waits stand beside them (see `reading`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from streams.cell import VISITS
from streams.records import Door, Outcome

OFFERED = "offered"

#: One class per visit, indexed by the code that `visits.classify` gives.
SERVICE_CLASSES = (
    "answered_in_time",
    "answered_late",
    "abandoned_short",
    "abandoned_in_time",
    "abandoned_late",
    "flow_out_in_time",
    "flow_out_late",
    "callback_in_time",
    "callback_late",
    "error_in_time",
    "error_late",
    "open_late",
    "unknown_end",
    "open_in_time",
)
ENDED_WAITS = tuple(outcome.name.lower() for outcome in Outcome)
HANDLING = ("handled", "talk_ms", "hold_ms", "acw_ms", "transferred", "escalated")
AT_THE_DOOR = tuple(door.name.lower() for door in Door)

COUNTERS = (
    OFFERED,
    *SERVICE_CLASSES,
    *ENDED_WAITS,
    "wait_answered_ms",
    "wait_abandoned_ms",
    *HANDLING,
    *AT_THE_DOOR,
)
INDEX = {name: number for number, name in enumerate(COUNTERS)}
WIDTH = len(COUNTERS)

WINDOWS = ("30m", "day")
BASES = ("live", "arrival")
COMBINATIONS = {(window, basis): place for place, (window, basis) in enumerate(product(WINDOWS, BASES))}
"""Where the row of a window and basis stands in every array and in the store."""
ROLLING_SECONDS = 1800

LATE_CLASSES = tuple(name for name in SERVICE_CLASSES if name.endswith("_late"))
"""All that waited longer than T, whatever happened next; `open_late` included (contract, section 2: LATE)."""


@dataclass(frozen=True)
class Family:
    """What a family beside visits counts. Names are unique over all families, so that sums of families can be joined.

    `windowed` are counted by window and basis, `now` have no window. `dimensions`: what its cells know; it has no part
    in a row that asks for anything else. `apart`: dimensions over which it must never be summed (somebody who serves
    two hotlines is one person); it has a part only in rows of one value of each of them. `persons`: the windowed
    counter of distinct persons; where there are fewer than the floor, no windowed counter is shown. `euros`: counters
    that only those may see who may see money. `counts` says in words what is counted, `live` and `arrival` at which
    instant on either basis; docs/kpis.md prints them.
    """

    windowed: tuple[str, ...]
    now: tuple[str, ...]
    dimensions: frozenset[str]
    apart: frozenset[str] = frozenset()
    persons: str = ""
    euros: frozenset[str] = frozenset()
    counts: str = ""
    live: str = ""
    arrival: str = ""


STATES = ("available", "ringing", "talking", "hold", "acw", "outbound", "pause")
"""What somebody who is logged in does, one at an instant. Its sum is who is logged in."""

BILLING_STEPS = (1, 6, 10, 30, 60)
"""Seconds of the steps in which the length of a call can be billed, each begun step counting whole."""

CURRENCIES = ("CHF", "EUR", "GBP", "PLN", "USD")
"""In which orders and contracts can be stated. All have 100 minor units."""

FURTHER: dict[str, Family] = {
    "agents": Family(
        (*(f"agents_{state}_ms" for state in STATES), "agents_logged_in_ms", "agents_present"),
        (*(f"agents_{state}" for state in STATES), "agents_logged_in"),
        frozenset({"provider", "site", "team"}),
        persons="agents_present",
        counts="Distinct persons by their home (provider, site, team) and their one primary state; `agents_present`: "
        "who was logged in for some time within the window. Times are sums over persons in milliseconds.",
        live="time within the window, clipped to it; ringing once it is over",
        arrival="the same: a state has no arrival",
    ),
    "billing": Family(
        ("billed_calls", "billed_ms", *(f"billed_{step}s" for step in BILLING_STEPS)),
        (),
        frozenset({"hotline", "project", "client", "provider", "site", "team", "channel", "segment", "reason"}),
        counts="What calls are billed by, where a contract wants it: calls whose handling ended, their talk and hold "
        "together (`billed_ms`), and the same in begun steps of so many seconds, rounded up call by call.",
        live="end of after-call work, else end of talk",
        arrival="the same",
    ),
    "orders": Family(
        (
            "orders",
            "cancellations",
            "orders_unassigned",
            *(f"order_revenue_{currency.lower()}_minor" for currency in CURRENCIES),
        ),
        (),
        frozenset({"hotline", "campaign", "project", "client"}),
        counts="Orders as they were delivered, cancellations, and the revenue of both by currency in minor units "
        "(cents); a cancellation takes away on the day it arrives. `orders_unassigned`: orders and cancellations "
        "whose project, campaign or hotline no setting knows.",
        live="when the order was taken, or the cancellation arrived",
        arrival="the same",
        euros=frozenset(f"order_revenue_{currency.lower()}_minor" for currency in CURRENCIES),
    ),
    "serving": Family(
        (),
        (*(f"serving_{state}" for state in STATES), "serving_logged_in"),
        frozenset({"hotline", "project", "client", "provider", "site", "team"}),
        apart=frozenset({"hotline"}),
        counts="Distinct persons who are in a queue of one hotline, by their one primary state, whomever they talk to. "
        "In rows of a single hotline only: who serves two stands at both and is one person in all.",
        live="now",
        arrival="now",
    ),
    "lists": Family(
        (),
        (
            "list_leads",
            "list_touched",
            "list_attempts",
            "list_terminal",
            "list_lost",
            "list_dialable",
            "list_remaining_attempts",
            "list_hopper",
            "list_callbacks",
            "list_callbacks_due",
            "list_callbacks_overdue",
        ),
        frozenset({"campaign", "project", "client", "provider", "site", "team", "channel", "segment"}),
        counts="The stock of call lists, each as it was counted last: leads, those with an attempt, attempts on "
        "them, those that will not be called again, of which neutral losses, those that could be called now, attempts "
        "that are still allowed on leads that are not finished, leads in the dialer's hopper, "
        "callbacks that are promised and not made, of which due, of which overdue.",
        live="now",
        arrival="now",
    ),
    "outbound": Family(
        (
            "attempts",
            "connected",
            "human_contacts",
            "right_party_contacts",
            "successes",
            "machines",
            "dropped_live",
            "dialer_drops",
            "dialer_answers",
            "attempts_open",
            "attempts_unknown",
            "attempts_undated",
            "leads_attempted",
            "leads_contacted",
        ),
        ("attempts_last_30m",),
        frozenset({"campaign", "project", "client", "provider", "site", "team", "channel", "segment"}),
        counts="Attempts to reach somebody, by what their disposition says as it stands. `connected`: a person or a "
        "machine answered; `human_contacts`: a person was talked to; `dropped_live`: a person answered and nobody "
        "talked to him; `dialer_drops`, `dialer_answers`: what the dialer counts as such. `leads_attempted`, "
        "`leads_contacted`: distinct leads of a campaign within the window; they do not add up over windows.",
        live="the attempt's begin",
        arrival="the same",
    ),
    "trunks": Family(
        ("trunk_busy", "trunk_blocked", "trunk_in_use_ms", "trunk_channels_ms"),
        ("trunk_in_use", "trunk_channels"),
        frozenset({"hotline", "project", "client"}),
        counts="What carriers and exchanges see of a service number before anybody queues: `trunk_busy` calls heard "
        "the busy tone, `trunk_blocked` found no channel. A counter of the source that only grows counts its growth, "
        "less than before is a new start at 0, and its first value counts nothing. `trunk_in_use_ms` and "
        "`trunk_channels_ms` are channels in use and channels there were, times the milliseconds for which that held: "
        "until the next count of the trunk, at most `holds_seconds`.",
        live="the time of the count; channels: time within the window, clipped to it",
        arrival="the same",
    ),
    "shifts": Family(
        ("shift_planned_ms", "shift_absent_ms", "shift_absent_undated_ms", "shift_persons"),
        (),
        frozenset({"hotline", "project", "client", "provider", "site", "team"}),
        persons="shift_persons",
        counts="Planned work and absence of persons by their home (provider, site, team) and the hotline that they are "
        "planned for. `shift_absent_ms`: planned work that an absence covers, and hours that a source states without "
        "times; of those without a date `shift_absent_undated_ms`. The kind of an absence is not kept, so sick leave "
        "is inside the total only. `shift_persons`: distinct persons, each in one cell. Work of a person that is "
        "planned twice counts once.",
        live="time within the window, clipped to it; stated hours at the begin of their row",
        arrival="the same",
    ),
}
"""Every family beside visits. A further one joins with one entry here."""

_OF_FURTHER = (name for family in FURTHER.values() for name in (*family.windowed, *family.now))
PLACES = {name: place for place, name in enumerate((*COUNTERS, *_OF_FURTHER))}
"""In which order the counters of a row stand in a document; what has none of its own (who waits now) comes last."""


def windowed(family: str) -> tuple[str, ...]:
    """The counters of a family by window and basis, in the order in which they stand in a reading."""
    return COUNTERS if family == VISITS else FURTHER[family].windowed
