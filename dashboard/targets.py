"""What hotlines and campaigns are judged by: targets, limits, the margin of the warning, the least number of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from streams import catalogue


@dataclass(frozen=True)
class HotlineTarget:
    """`target` and `warn_margin` are shares 0..1; None: there is no target and so no traffic light.

    A value of at least `target` is good, of at least `target - warn_margin` a warning, below that bad. With fewer
    than `minimum_n` cases no state is given. `short_name` is for the wall.
    """

    target: float | None
    warn_margin: float
    minimum_n: int
    short_name: str


@dataclass(frozen=True)
class CampaignLimits:
    """`drop_limit`: the day's drop rate (0..1) above which the campaign is bad. `target`: the contact rate to reach,
    None where there is no such target. `short_name` is for the wall.
    """

    drop_limit: float = 0.03
    target: float | None = None
    short_name: str = ""


@dataclass(frozen=True)
class Targets:
    """What all hotlines and campaigns are judged by, the formula switches, and the IANA zone in which times are
    printed.
    """

    default: HotlineTarget
    by_hotline: Mapping[str, HotlineTarget]
    options: catalogue.Options
    zone: str
    by_campaign: Mapping[str, CampaignLimits] = field(default_factory=dict)

    def of(self, hotline: str) -> HotlineTarget:
        """What holds for a hotline; its own name is the short one where none is set."""
        known = self.by_hotline.get(hotline)
        if known is not None:
            return known
        return HotlineTarget(self.default.target, self.default.warn_margin, self.default.minimum_n, hotline)

    def of_campaign(self, campaign: str) -> CampaignLimits:
        """What holds for a campaign; its own name is the short one where none is set."""
        known = self.by_campaign.get(campaign, CampaignLimits())
        return known if known.short_name else CampaignLimits(known.drop_limit, known.target, campaign)
