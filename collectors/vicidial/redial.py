"""How often a lead is called again, and when: what the dialer's own tables say, else the settings (pure).

A list that was reset is called through once: every lead with a status that the campaign dials. Until the next reset a
lead is called again only where `vicidial_lead_recycle` says so for its status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from collectors.contract import SourceTrouble

_SINCE_RESET = re.compile(r"Y([0-9]*)")
_HOUR_SECONDS = 3_600
_DROPPED = frozenset({"DROP", "XDROP"})


@dataclass(frozen=True)
class _Campaign:
    """`most`: calls on a lead in all, 0: as many as come. `lockout_seconds`: not again so soon after a drop."""

    dials: frozenset[str]
    most: int
    lockout_seconds: int


@dataclass(frozen=True)
class Redial:
    """The rules of all campaigns; of one that no table knows, `attempt_maximum` and `recycle_seconds` hold."""

    attempt_maximum: int
    recycle_seconds: int
    campaigns: dict[str, _Campaign] = field(default_factory=dict)
    recycled: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    @property
    def waits(self) -> list[int]:
        """All the seconds that some lead has to wait after its last call; 0: none."""
        lockouts = {campaign.lockout_seconds for campaign in self.campaigns.values()}
        return sorted({0, self.recycle_seconds, *lockouts, *(seconds for seconds, _ in self.recycled.values())})

    def rests(self, campaign: str, status: str, since_reset: str | None, called_count: int) -> tuple[int, int]:
        """How many attempts on a lead that is not finished are still allowed, and the seconds after its last call
        before which the next does not come.
        """
        rule = self.campaigns.get(campaign)
        if rule is None:
            return max(0, self.attempt_maximum - called_count), self.recycle_seconds
        seconds, most = self.recycled.get((campaign, status), (0, 0))
        match = _SINCE_RESET.fullmatch(since_reset or ("Y" if called_count else "N"))
        if match is not None:
            attempts, waits = most - int(match[1] or 0), seconds
        else:
            attempts = 1 + most if status in rule.dials else 0
            waits = rule.lockout_seconds if status in _DROPPED else 0
        if rule.most:
            attempts = min(attempts, rule.most - called_count)
        return max(0, attempts), waits


def redial(
    attempt_maximum: int,
    recycle_seconds: int,
    campaigns: Iterable[Sequence[Any]],
    recycling: Iterable[Sequence[Any]],
) -> Redial:
    """The rules from the rows of `queries.campaigns` and `queries.recycling`. Raises `SourceTrouble`."""
    found = {
        str(name): _Campaign(
            frozenset((statuses or "").split()), int(most or 0), round(_hours(name, lockout) * _HOUR_SECONDS)
        )
        for name, statuses, most, lockout in campaigns
    }
    recycled = {(str(name), str(status)): (int(delay), int(most)) for name, status, delay, most in recycling}
    return Redial(attempt_maximum, recycle_seconds, found, recycled)


def _hours(campaign: str, text: str | None) -> float:
    if not text:
        return 0.0
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", str(text)) is None:
        message = f"campaign {campaign}: drop_lockout_time {str(text)[:20]!r} is no number of hours"
        raise SourceTrouble(message)
    return float(text)
