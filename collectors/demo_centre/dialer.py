"""The simulated dialer: all campaigns on one clock, and the rows that they leave (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from collectors.demo_centre.campaigns import CAMPAIGNS, Campaign
from collectors.demo_centre.clockwork import Clockwork
from collectors.demo_centre.dialer_rows import Row, Rows, wall
from collectors.demo_centre.dialling import Dialling


class Dialer:
    """Begins with the business day at `day_start_ms`; the story of its campaigns is told around `start_ms`.

    The same seed and instants give the same rows, however the time is cut into calls.
    """

    def __init__(self, seed: int, day_start_ms: int, start_ms: int, campaigns: Sequence[Campaign] = CAMPAIGNS) -> None:
        self.campaigns = tuple(campaigns)
        self._clockwork = Clockwork(day_start_ms)
        self._rows = Rows()
        self._diallings = [
            Dialling(self._clockwork, campaign, seed, day_start_ms, start_ms, self._rows) for campaign in campaigns
        ]
        for dialling in self._diallings:
            self._clockwork.at(day_start_ms, dialling.begin)

    def advance(self, until_ms: int) -> dict[str, list[Row]]:
        """The rows that are new or changed since the last call up to and including `until_ms`, by table."""
        self._clockwork.run(until_ms)
        changed = self._rows.taken()
        changed["vicidial_list"] = [
            (
                lead.id,
                lead.list_id,
                lead.status,
                lead.called_count,
                wall(lead.called_ms // 1000) if lead.called_ms else None,
            )
            for dialling in self._diallings
            for lead in dialling.leads.changed.values()
        ]
        for dialling in self._diallings:
            dialling.leads.changed.clear()
        return {table: rows for table, rows in changed.items() if rows}

    def lists(self) -> list[Row]:
        """The lists of all campaigns."""
        return [
            (list_id, f"{dialling.campaign.name} {number}", dialling.campaign.name, "Y")
            for dialling in self._diallings
            for number, list_id in enumerate(dialling.leads.lists, start=1)
        ]

    def hoppers(self) -> dict[str, list[Row]]:
        """Who is dialled next in each campaign whose hopper was filled since the last call."""
        found: dict[str, list[Row]] = {}
        for dialling in self._diallings:
            if dialling.hopper_filled:
                name = dialling.campaign.name
                found[name] = [(lead.id, lead.list_id, name, "READY") for lead in dialling.leads.hopper]
                dialling.hopper_filled = False
        return found
