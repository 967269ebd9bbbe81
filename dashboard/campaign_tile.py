"""The tile of a campaign, or of a group that has campaigns only: what it reads, and what is the matter with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from dashboard import formats, margin
from dashboard.further import Rows
from dashboard.targets import CampaignLimits, Targets
from dashboard.tile import Judgement, Source, Tile, headline, state_of, text_of
from dashboard.wording import Wording
from streams import catalogue
from streams.reading import Sums

HEADLINE = "contact_rate"
REACHED = "right_party_rate"
"""What stands for the reachability of a campaign: how many attempts reached whom they were meant for. A machine that
answers makes a connection, and nobody has been reached."""

PAIRS = (REACHED, "conversion", "drop_rate")
"""The KPIs beside the contact rate, shown as a pair of now and today."""

SHORTEST_REACH_HOURS = 1.0
NEAR_LIMIT = 0.8
"""From this part of the drop limit on there is a warning."""

Reason = Literal["", "drop", "loss", "stock", "drop_near"]
"""What makes a campaign bad or near to it; empty where its contact rate does, or nothing."""


def limits_of(campaigns: Iterable[str], targets: Targets) -> CampaignLimits:
    """The strictest drop limit of these campaigns, and their target where all have the same."""
    own = [targets.of_campaign(campaign) for campaign in sorted(campaigns)]
    aims = {each.target for each in own}
    return CampaignLimits(min(each.drop_limit for each in own), aims.pop() if len(aims) == 1 else None)


def state(
    contacts: catalogue.Value,
    drops_today: catalogue.Value,
    reach_hours: float | None,
    limits: CampaignLimits,
    judgement: Judgement,
    *,
    loss: bool,
) -> tuple[str, Reason]:
    """The state of a campaign that is known, and what it comes from. `contacts` are those of the last 30 minutes,
    `loss`: money was lost in both windows, as far as the reader may know.

    Without a target a campaign that keeps its limits is good.
    """
    judged = drops_today.value is not None and drops_today.n >= judgement.minimum_n
    share = drops_today.value if judged and drops_today.value is not None else 0.0
    by_rate = state_of(contacts, judgement)
    if judged and share > limits.drop_limit:
        return "bad", "drop"
    if loss:
        return "bad", "loss"
    if by_rate == "bad":
        return "bad", ""
    if reach_hours is not None and reach_hours < SHORTEST_REACH_HOURS:
        return "warn", "stock"
    if judged and share > limits.drop_limit * NEAR_LIMIT:
        return "warn", "drop_near"
    return "good" if by_rate == "none" else by_rate, ""


def draw(source: Source, rows: Rows, targets: Targets, words: Wording) -> Tile:
    """The tile as its rows read it; without rows nothing has happened yet."""
    language, options = words.language, targets.options
    limits = limits_of(source.campaigns, targets)
    judgement = Judgement(limits.target, targets.default.warn_margin, targets.default.minimum_n)
    now, today = (rows[window].sums if window in rows else Sums() for window in ("30m", "day"))

    def value(kpi: str, sums: Sums) -> catalogue.Value:
        return catalogue.compute(catalogue.KPI[kpi], sums, (), options)

    contacts, whole_day = value(HEADLINE, now), value(HEADLINE, today)
    drops, reach = value("drop_rate", today), value("stock_reach_hours", now)
    known, reason = state(contacts, drops, reach.value, limits, judgement, loss=margin.is_loss(rows))
    told: Reason = "" if source.lost else reason
    shown = None if source.lost else contacts.value
    read = "lost" if source.lost else known
    word = _word(read, told, words)
    target = limits.target
    distance = None if shown is None or target is None or read == "few" else shown - target
    fields = {
        "s": read,
        "w": word,
        "wd": words.campaign_short_states[told or read],
        "ww": "",
        "p": "M0 0",
        "pt": "M0 0",
        "pp": "M0 0",
    }
    fields |= headline(contacts, whole_day, judgement, distance, source.lost, words)
    values: dict[str, float | None] = {HEADLINE: shown, "service_level": None, "reach": reach.value}
    for name in PAIRS:
        pair = [value(name, window) for window in (now, today)]
        values[name] = None if source.lost else pair[0].value
        fields[f"k:{name}"] = formats.NOTHING if source.lost else text_of(catalogue.KPI[name], pair[0], words)
        fields[f"l:{name}"] = text_of(catalogue.KPI[name], pair[1], words)
    values["reachability"] = values[REACHED]
    values["drop_rate"] = drops.value
    values["offered"] = float(contacts.n)
    fields["dl"] = words.drop_limit.format(limit=formats.goal(limits.drop_limit, language))
    fields["dx"] = "over" if drops.value is not None and drops.value > limits.drop_limit else ""
    fields["rs"] = formats.NOTHING if source.lost else _reach(reach, words)
    return Tile(source, read, judgement, distance, None, now, today, values, fields, told)


def _word(state_: str, reason: Reason, words: Wording) -> str:
    return words.campaign_states[reason or state_]


def _reach(reach: catalogue.Value, words: Wording) -> str:
    """How long the addresses last: "3,5 h"; a dash where nothing was dialled lately."""
    if reach.value is None:
        return words.not_supplied if reach.why == "not_supplied" else formats.NOTHING
    if reach.value >= 100:
        return words.reach_long
    return words.reach.format(hours=formats.decimal(reach.value, words.language))
