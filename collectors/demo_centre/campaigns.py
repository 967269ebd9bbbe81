"""What the simulated centre dials: campaigns, whose they are, who dials them, how their calls end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.demo_centre.hotlines import IN_HOUSE, SITES

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Slump:
    """From `begins_ms` to `ends_ms` after the start of the demo only `share` of the usual successes come."""

    begins_ms: int
    ends_ms: int
    share: float


@dataclass(frozen=True)
class Campaign:
    """One campaign and what its calls come to.

    `human_share` and `machine_share` are parts of the attempts at an average hour; `ends` are the parts of the talks
    that end in each status, `success` is the one that counts as sold. `drop_aim` is the drop rate towards which the
    dialer steers, with at most `level_most` lines for each agent who is free. Agents are called from `first_user` on.
    """

    name: str
    short_name: str
    client: str
    project: str
    provider: str
    team: str
    first_user: int
    agents: int
    human_share: float
    machine_share: float
    talk_seconds: Mapping[str, float]
    ends: Mapping[str, float]
    success: str
    dispo_seconds: float
    drop_aim: float
    level_most: float
    leads: tuple[int, int]
    slump: Slump | None = None

    @property
    def site(self) -> str:
        """Where the agents sit."""
        return SITES[self.provider]

    @property
    def users(self) -> range:
        """What the dialer calls its agents."""
        return range(self.first_user, self.first_user + self.agents)


_SOLD = {"SALE": 330.0, "NI": 125.0, "CALLBK": 95.0, "NP": 55.0, "DNC": 40.0, "A": 9.0}
_ASKED = {"INTV": 260.0, "NI": 45.0, "CALLBK": 50.0, "NP": 30.0, "DNC": 25.0, "A": 9.0}

CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign(
        "Rückgewinnung",
        "Rückgew.",
        "Rheinkabel",
        "Kundenservice",
        IN_HOUSE,
        "Rückgewinnung",
        first_user=9100,
        agents=12,
        human_share=0.23,
        machine_share=0.27,
        talk_seconds=_SOLD,
        ends={"SALE": 0.055, "NI": 0.55, "CALLBK": 0.13, "NP": 0.14, "DNC": 0.015, "A": 0.11},
        success="SALE",
        dispo_seconds=28,
        drop_aim=0.012,
        level_most=3.0,
        leads=(2_700, 1_900),
        # A competitor's offer took the wind out of it two hours ago.
        slump=Slump(-120 * MINUTE_MS, 150 * MINUTE_MS, 0.15),
    ),
    Campaign(
        "Verlängerung",
        "Verläng.",
        "Velora Mobil",
        "Bestandskunden",
        "Servio",
        "Outbound",
        first_user=9200,
        agents=14,
        human_share=0.26,
        machine_share=0.24,
        talk_seconds=_SOLD,
        ends={"SALE": 0.085, "NI": 0.53, "CALLBK": 0.13, "NP": 0.145, "DNC": 0.01, "A": 0.10},
        success="SALE",
        dispo_seconds=24,
        drop_aim=0.010,
        level_most=3.0,
        leads=(3_400, 2_200),
    ),
    Campaign(
        "Umfrage Versand",
        "Umfrage",
        "Hagenkamp Versand",
        "Versand Service",
        "Nordcall",
        "Umfragen",
        first_user=9300,
        agents=10,
        human_share=0.21,
        machine_share=0.29,
        talk_seconds=_ASKED,
        ends={"INTV": 0.36, "NI": 0.28, "CALLBK": 0.09, "NP": 0.16, "DNC": 0.01, "A": 0.10},
        success="INTV",
        dispo_seconds=12,
        drop_aim=0.0275,
        level_most=5.0,
        leads=(3_600, 2_800),
    ),
)
