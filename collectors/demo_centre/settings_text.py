"""The leitstand.toml that belongs to the simulated centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collectors.demo_centre import prices
from collectors.demo_centre.campaigns import CAMPAIGNS
from collectors.demo_centre.hotlines import Hotline
from collectors.demo_centre.leads import ATTEMPTS_MOST, RECYCLE_MS
from collectors.demo_centre.planning import PLAN_TIMES
from collectors.demo_centre.toml import table, text
from collectors.demo_centre.trunks import numbered

ZONE = "Europe/Berlin"
FEED, TRUNKS_FEED, SHIFTS_FEED = "demo", "demo_trunks", "demo_shifts"
DIALER_FEED, ORDERS_FEED = "demo_dialer", "demo_orders"


class BesidePaths(NamedTuple):
    """Where other systems of the centre write: the trunks, the plan, the dialer's database, the folder of orders."""

    trunks: str
    shifts: str
    dialer: str
    orders: str


def settings_text(hotlines: Sequence[Hotline], day_start_ms: int, path: str, beside: BesidePaths | None = None) -> str:
    """Settings in TOML for a queue_log at `path`, with the business day beginning at `day_start_ms`.

    With `beside` there are the feeds beside it, the campaigns, and what everything earns and costs.
    """
    begins = datetime.fromtimestamp(day_start_ms / 1000, UTC).astimezone(ZoneInfo(ZONE))
    tables = [
        table("[site]", zone=ZONE, day_start=begins.strftime("%H:%M")),
        table("[service_level]", threshold_seconds=20, short_abandon_seconds=5, target=0.8),
        table(f"[feeds.{FEED}]", collector="queue_log", path=path, supplies=["talk", "acw"], agents_belong_to="queue"),
    ]
    if beside is not None:
        tables += [*_feeds(hotlines, beside), *_campaigns(), *_money(begins.date())]
    for hotline in hotlines:
        tables += [
            table(
                "[[queues]]",
                queue=queue.name,
                hotline=hotline.name,
                provider=queue.provider,
                site=queue.site or None,
                team=f"{queue.provider} {queue.team}",
                project=hotline.project,
                client=hotline.client,
            )
            for queue in hotline.queues
        ]
    tables += [
        table(
            f"[hotlines.{text(hotline.name)}]",
            short_name=hotline.short_name,
            threshold_seconds=hotline.threshold_seconds,
            short_abandon_seconds=hotline.short_abandon_seconds,
            target=hotline.target,
        )
        for hotline in hotlines
    ]
    return "\n".join(tables)


def _feeds(hotlines: Sequence[Hotline], beside: BesidePaths) -> Iterator[str]:
    yield table(f"[feeds.{TRUNKS_FEED}]", collector="trunks", path=beside.trunks, supplies=[], time_format="epoch")
    numbers = {text(number): hotline.queues[0].name for number, hotline in numbered(hotlines)}
    yield table(f"[feeds.{TRUNKS_FEED}.numbers]", **numbers)
    yield table(
        f"[feeds.{SHIFTS_FEED}]",
        collector="shifts",
        path=beside.shifts,
        supplies=[],
        agents_belong_to="queue",
        queue="queue",
        time_format=PLAN_TIMES,
    )
    yield table(
        f"[feeds.{DIALER_FEED}]",
        collector="vicidial",
        sqlite=beside.dialer,
        supplies=["talk"],
        poll_seconds=2,
        list_seconds=60,
        attempt_maximum=ATTEMPTS_MOST,
        recycle_seconds=RECYCLE_MS // 1000,
    )
    yield table(f"[feeds.{ORDERS_FEED}]", collector="orders", path=beside.orders, supplies=[])


def _campaigns() -> Iterator[str]:
    for campaign in CAMPAIGNS:
        home = {"provider": campaign.provider, "site": campaign.site, "team": f"{campaign.provider} {campaign.team}"}
        named = text(campaign.name)
        yield table(
            f"[campaigns.{named}]",
            client=campaign.client,
            project=campaign.project,
            short_name=campaign.short_name,
            drop_limit=0.03,
            **home,
        )
        users = f"{campaign.first_user // 100}*"
        yield table("[[agents]]", names=[users, f"PJSIP/{users}"], person=f"PJSIP/{users}", **home)


def _money(today: date) -> Iterator[str]:
    valid_from = today.replace(month=1, day=1)
    for contract in prices.CONTRACTS:
        yield table(
            "[[contracts]]",
            name=contract.name,
            direction=contract.direction,
            party=contract.party,
            # What an included volume was used for before this day nobody knows here, so it begins with it.
            valid_from=today if "included" in contract.price else valid_from,
            **contract.applies_to,
            **prices.agents_of(contract.team),
        )
        yield table("[contracts.price]", **contract.price)
    for cost in prices.COSTS:
        keys = {**cost.applies_to, **prices.agents_of(cost.team), **cost.amount}
        yield table("[[costs]]", name=cost.name, kind=cost.kind, valid_from=valid_from, **keys)
