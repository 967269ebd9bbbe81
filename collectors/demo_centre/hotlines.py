"""What the simulated contact centre consists of: clients, hotlines, the queues behind them and who answers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

HALF_HOUR_SECONDS = 1800
# Part of the calls that leave after-call work.
WRAP_UP_SHARE = 0.75
IN_HOUSE = "Köln"
SITES = {IN_HOUSE: IN_HOUSE, "Nordcall": "Leipzig", "Teleo": "Rostock", "Servio": "Bochum"}


@dataclass(frozen=True)
class Queue:
    """One provider's queue of a hotline.

    `team` names the group of agents that answers it: queues with the same provider and team share those agents.
    `share` is the part of the hotline's calls that is routed here, 0..1.
    """

    name: str
    provider: str
    team: str
    share: float = 1.0

    @property
    def site(self) -> str:
        """Where the provider's agents sit; empty for a provider without a known place."""
        return SITES.get(self.provider, "")


@dataclass(frozen=True)
class Hotline:
    """One hotline and the load it brings.

    `peak_calls` are new calls in half an hour at the busiest time of the day; `talk_seconds` and `acw_seconds` are
    means; `patience_seconds` is the mean of those callers who are willing to wait at all; after `timeout_seconds` in
    the queue the dialplan takes the call out of it.
    """

    name: str
    short_name: str
    client: str
    project: str
    queues: tuple[Queue, ...]
    peak_calls: float
    talk_seconds: float
    acw_seconds: float = 22.0
    target: float = 0.80
    threshold_seconds: int = 20
    short_abandon_seconds: int = 5
    patience_seconds: float = 210.0
    timeout_seconds: int = 480

    @property
    def busy_seconds(self) -> float:
        """How long one call keeps an agent on average, in seconds, ringing and re-routed calls included."""
        ring_seconds, rerouted = 4.0, 1.045
        return (self.talk_seconds + WRAP_UP_SHARE * self.acw_seconds + ring_seconds) * rerouted


def _one(queue: str, provider: str, team: str) -> tuple[Queue, ...]:
    return (Queue(queue, provider, team),)


_VERSAND, _KABEL, _MOBIL = "Hagenkamp Versand", "Rheinkabel", "Velora Mobil"

HOTLINES: tuple[Hotline, ...] = (
    Hotline(
        "Reklamation",
        "Rekla",
        _VERSAND,
        "Versand Service",
        _one("reklamation-nc", "Nordcall", "Reklamation"),
        peak_calls=108,
        talk_seconds=262,
        acw_seconds=35,
        patience_seconds=400,
    ),
    Hotline(
        "Bestellung Nord",
        "Best. Nord",
        _VERSAND,
        "Bestellannahme",
        _one("bestellung-nord-te", "Teleo", "Versand Nord"),
        peak_calls=140,
        talk_seconds=172,
        acw_seconds=14,
    ),
    Hotline(
        "Bestellung Süd",
        "Best. Süd",
        _VERSAND,
        "Bestellannahme",
        _one("bestellung-sued-te", "Teleo", "Bestellung Süd"),
        peak_calls=138,
        talk_seconds=178,
        acw_seconds=14,
    ),
    Hotline(
        "Technik Router",
        "Router",
        _KABEL,
        "Technik",
        _one("technik-router-k", IN_HOUSE, "Technik Router"),
        peak_calls=88,
        talk_seconds=318,
        acw_seconds=40,
        patience_seconds=300,
    ),
    Hotline(
        "Rechnung",
        "Rechnung",
        _KABEL,
        "Kundenservice",
        (
            Queue("rechnung-k", IN_HOUSE, "Rechnung", 0.6),
            Queue("rechnung-se", "Servio", "Rechnung", 0.4),
        ),
        peak_calls=120,
        talk_seconds=214,
        timeout_seconds=40,
    ),
    Hotline(
        "Kündigung",
        "Kündigung",
        _KABEL,
        "Kundenservice",
        _one("kuendigung-nc", "Nordcall", "Vertrag"),
        peak_calls=50,
        talk_seconds=286,
        acw_seconds=30,
    ),
    Hotline(
        "Partnerlinie",
        "Partner",
        _KABEL,
        "Partner",
        _one("partnerlinie-k", IN_HOUSE, "Premium"),
        peak_calls=40,
        talk_seconds=228,
        target=0.90,
    ),
    Hotline(
        "Tarifwechsel",
        "Tarif",
        _MOBIL,
        "Bestandskunden",
        _one("tarifwechsel-se", "Servio", "Tarife"),
        peak_calls=62,
        talk_seconds=245,
    ),
    Hotline(
        "Störung Kabel",
        "Kabel",
        _KABEL,
        "Technik",
        (
            Queue("stoerung-kabel-k", IN_HOUSE, "Kabel", 0.55),
            Queue("stoerung-kabel-te", "Teleo", "Kabel", 0.45),
        ),
        peak_calls=82,
        talk_seconds=256,
        patience_seconds=280,
        timeout_seconds=50,
    ),
    Hotline(
        "Neukunden",
        "Neukunden",
        _MOBIL,
        "Vertrieb",
        _one("neukunden-se", "Servio", "Tarife"),
        peak_calls=78,
        talk_seconds=306,
        target=0.85,
    ),
    Hotline(
        "Geschäftskunden",
        "Business",
        _KABEL,
        "Partner",
        _one("geschaeftskunden-k", IN_HOUSE, "Premium"),
        peak_calls=56,
        talk_seconds=268,
        target=0.90,
    ),
    Hotline(
        "Liefertermin",
        "Lieferung",
        _VERSAND,
        "Versand Service",
        _one("liefertermin-te", "Teleo", "Versand Nord"),
        peak_calls=98,
        talk_seconds=128,
        acw_seconds=8,
    ),
    Hotline(
        "Vertrag",
        "Vertrag",
        _MOBIL,
        "Bestandskunden",
        _one("vertrag-nc", "Nordcall", "Vertrag"),
        peak_calls=58,
        talk_seconds=234,
    ),
    Hotline(
        "Mobilfunk",
        "Mobilfunk",
        _MOBIL,
        "Bestandskunden",
        (
            Queue("mobilfunk-se", "Servio", "Mobilfunk", 0.5),
            Queue("mobilfunk-nc", "Nordcall", "Mobilfunk", 0.5),
        ),
        peak_calls=92,
        talk_seconds=222,
        timeout_seconds=45,
    ),
)


def many_hotlines(count: int) -> tuple[Hotline, ...]:
    """`count` hotlines of one queue and one team each, for tests and benches that need a large centre."""
    return tuple(
        Hotline(
            f"Hotline {number:05d}",
            f"H{number:05d}",
            f"Client {number % 7}",
            f"Project {number % 31}",
            _one(f"queue-{number:05d}", f"Provider {number % 11}", f"Team {number:05d}"),
            peak_calls=30,
            talk_seconds=180,
        )
        for number in range(count)
    )


def scaled(hotlines: Sequence[Hotline], calls_per_second: float) -> tuple[Hotline, ...]:
    """The same hotlines with their load scaled so that all together bring `calls_per_second` at the peak."""
    total = sum(hotline.peak_calls for hotline in hotlines)
    factor = calls_per_second * HALF_HOUR_SECONDS / total
    return tuple(replace(hotline, peak_calls=hotline.peak_calls * factor) for hotline in hotlines)
