"""The KPIs of trunks and service numbers, formulas over the counters of the family `trunks`."""

from __future__ import annotations

from streams.kpi import Kpi

TRUNKS: tuple[Kpi, ...] = (
    Kpi(
        "channel_utilisation",
        "Kanalauslastung",
        "Channel utilisation",
        "share",
        None,
        "trunk_in_use_ms / trunk_channels_ms",
        lambda s, _: (s["trunk_in_use_ms"], s["trunk_channels_ms"]),
        family="trunks",
    ),
)
