"""The settings of one Leitstand: loaded from one TOML file, checked to the last key, then frozen.

What holds, from weak to strong: built-in default, file, environment variable, command-line option (the command lays
that over the result). A file with any fault gives no settings at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict

from config import contract_checks, kinds
from config.contracts import Contract, Cost
from config.differences import differences
from config.faults import Place, Refusal, SettingsError, dotted, quoted
from config.kinds import meant
from config.reading import Source
from config.sections import (
    Agent,
    Campaign,
    Feed,
    Hotline,
    Limits,
    OtherSite,
    Queue,
    ServiceLevel,
    Site,
    Storage,
    Web,
    keys_of,
)

SINGLE: dict[str, type[Any]] = {
    "site": Site,
    "service_level": ServiceLevel,
    "web": Web,
    "storage": Storage,
    "limits": Limits,
}
LISTED: dict[str, type[Any]] = {
    "sites": OtherSite,
    "queues": Queue,
    "agents": Agent,
    "contracts": Contract,
    "costs": Cost,
}
NAMED: dict[str, type[Any]] = {"hotlines": Hotline, "campaigns": Campaign, "feeds": Feed}
SECTIONS = {**SINGLE, **LISTED, **NAMED}


def heading(section: str) -> str:
    """How a table of this section begins in TOML."""
    if section in LISTED:
        return f"[[{section}]]"
    return f'[{section}."NAME"]' if section in NAMED else f"[{section}]"


# Backwards, so that a key of two sections belongs to the first of them.
_HOMES = {key: heading(name) for name in reversed(SECTIONS) for key in keys_of(SECTIONS[name])}


class Route(TypedDict):
    """What a visit in a queue belongs to, and the thresholds that hold for it. Empty: this level is not known.

    `configured` is False for a hotline that no setting names; it is counted under its queue's name all the same.
    """

    hotline: str
    provider: str
    site: str
    team: str
    project: str
    client: str
    channel: str
    segment: str
    threshold_ms: int
    short_abandon_ms: int
    supplies: tuple[str, ...]
    configured: bool


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings, complete and checked. Lists are by name, in file order; `agents`, `contracts` and `costs` by their
    number there.
    """

    file: Path | None = None
    site: Site = field(default_factory=Site)
    service_level: ServiceLevel = field(default_factory=ServiceLevel)
    web: Web = field(default_factory=Web)
    storage: Storage = field(default_factory=Storage)
    limits: Limits = field(default_factory=Limits)
    sites: Mapping[str, OtherSite] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    hotlines: Mapping[str, Hotline] = field(default_factory=dict)
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    costs: Mapping[str, Cost] = field(default_factory=dict)

    def hotline(self, name: str) -> Hotline:
        """What holds for a hotline, whether its own table, `[service_level]` or a default says so."""
        return self.hotlines.get(name) or _hotline(name, self.service_level)

    def site_clock(self, site: str) -> tuple[str, int]:
        """The IANA zone of a site and the start of its business day in minutes after local midnight."""
        clock = self.sites.get(site, self.site)
        return clock.zone, clock.day_start

    def route(self, queue: str, feed: Feed) -> Route:
        """What a visit in `queue` of `feed` belongs to; a column feed may pass a hotline's name instead."""
        mapped = self.queues.get(queue) or Queue(queue=queue, hotline=queue)
        judged = self.hotline(mapped.hotline)
        return Route(
            hotline=mapped.hotline,
            provider=mapped.provider,
            site=mapped.site,
            team=mapped.team,
            project=mapped.project,
            client=mapped.client,
            channel=mapped.channel,
            segment=mapped.segment,
            threshold_ms=judged.threshold_ms,
            short_abandon_ms=judged.short_abandon_ms,
            supplies=feed.supplies,
            configured=mapped.hotline in self.configured_hotlines,
        )

    def agent(self, name: str) -> tuple[str, Agent | None]:
        """The person that a name of the telephone system means, and their entry; None where there is none."""
        for agent in self.agents.values():
            person = agent.called(name)
            if person is not None:
                return person, agent
        return name, None

    @cached_property
    def configured_hotlines(self) -> frozenset[str]:
        """The hotlines that a setting names: they have a row even when nothing happened."""
        return frozenset((*(queue.hotline for queue in self.queues.values()), *self.hotlines))

    def changes(self, other: Settings) -> list[str]:
        """What `other` says differently, one line each; secrets and the options of collectors without their values."""
        lines: list[str] = []
        for section in fields(self):
            old, new = getattr(self, section.name), getattr(other, section.name)
            if isinstance(old, Mapping):
                for name in dict.fromkeys((*old, *new)):
                    place = f"{section.name}.{quoted(name)}"
                    if name not in new:
                        lines.append(f"{place}: removed")
                    elif name not in old:
                        lines.append(f"{place}: added")
                    else:
                        lines += differences(place, old[name], new[name])
            elif section.name != "file":
                lines += differences(section.name, old, new)
        return lines


def load(path: Path | None, environment: Mapping[str, str], collectors: Collection[str] | None = None) -> Settings:
    """The settings of the file at `path`, or the defaults without feeds, each overridden by `environment`.

    `collectors` are the names that a feed may ask for; None accepts any. Nothing but the file itself is looked at.
    Raises `SettingsError` with every fault.
    """
    source = Source(path, _HOMES)
    source.unknown((), source.tables, SECTIONS)
    single: dict[str, Any] = {}
    for name, kind in SINGLE.items():
        table = source.table((name,), source.tables.get(name, {}), heading(name)) or {}
        source.unknown((name,), table, keys_of(kind))
        single[name] = source.section(kind, (name,), table, environment=environment)
    _check_tls(source, single["web"])
    _check_short_abandon(source, ("service_level",), single["service_level"])
    queues, campaigns = _queues(source), _campaigns(source)
    contracts, costs = contract_checks.contracts(source), contract_checks.costs(source)
    contract_checks.check_together(source, contracts, costs, queues.values(), campaigns.values())
    feeds = _feeds(source, collectors)
    contract_checks.check_hours(source, costs, feeds.values())
    settings = Settings(
        file=path,
        sites=_sites(source, single["site"]),
        queues=queues,
        agents=_agents(source),
        hotlines=_hotlines(source, single["service_level"]),
        campaigns=campaigns,
        feeds=feeds,
        contracts={str(number): contract for number, (_, contract) in enumerate(contracts, start=1)},
        costs={str(number): cost for number, (_, cost) in enumerate(costs, start=1)},
        **single,
    )
    if source.faults:
        raise SettingsError(source.faults)
    return settings


def _sites(source: Source, default: Site) -> dict[str, OtherSite]:
    sites: dict[str, OtherSite] = {}
    seen: dict[str, int] = {}
    for place, table in source.rows("sites"):
        source.unknown(place, table, keys_of(OtherSite))
        site = source.section(OtherSite, place, table, inherited={"zone": default.zone, "day_start": default.day_start})
        if site is not None:
            _once(source, (*place, "name"), site.name, seen)
            sites[site.name] = site
    return sites


def _queues(source: Source) -> dict[str, Queue]:
    queues: dict[str, Queue] = {}
    seen: dict[str, int] = {}
    for place, table in source.rows("queues"):
        source.unknown(place, table, keys_of(Queue))
        queue = source.section(Queue, place, table, inherited={"hotline": table.get("queue")})
        if queue is not None:
            _once(source, (*place, "queue"), queue.queue, seen)
            queues[queue.queue] = queue
    return queues


def _agents(source: Source) -> dict[str, Agent]:
    agents = []
    for place, table in source.rows("agents"):
        source.unknown(place, table, keys_of(Agent))
        agents.append(source.section(Agent, place, table))
    return {str(number): agent for number, agent in enumerate(agents, start=1) if agent is not None}


def _once(source: Source, place: Place, name: str, seen: dict[str, int]) -> None:
    if name in seen:
        what = f"{quoted(name)} stands on line {seen[name]} already"
        source.fault(place, what, f"keep one [[{place[0]}]] for each {place[-1]}")
    seen.setdefault(name, source.lines[place])


def _hotline(name: str, defaults: ServiceLevel) -> Hotline:
    return Hotline(name=name, short_name=name, **asdict(defaults))


def _hotlines(source: Source, defaults: ServiceLevel) -> dict[str, Hotline]:
    hotlines: dict[str, Hotline] = {}
    for name, place, table in source.named("hotlines"):
        _named(source, place, name)
        source.unknown(place, table, keys_of(Hotline))
        inherited = {**asdict(defaults), "short_name": name}
        hotline = source.section(Hotline, place, table, inherited=inherited, given={"name": name})
        if hotline is not None:
            if {"threshold_seconds", "short_abandon_seconds"} & table.keys():
                _check_short_abandon(source, place, hotline)
            hotlines[name] = hotline
    return hotlines


def _campaigns(source: Source) -> dict[str, Campaign]:
    campaigns: dict[str, Campaign] = {}
    for name, place, table in source.named("campaigns"):
        _named(source, place, name)
        source.unknown(place, table, keys_of(Campaign))
        if (campaign := source.section(Campaign, place, table, given={"name": name})) is not None:
            campaigns[name] = campaign
    return campaigns


def _feeds(source: Source, collectors: Collection[str] | None) -> dict[str, Feed]:
    feeds: dict[str, Feed] = {}
    for name, place, table in source.named("feeds"):
        if not re.fullmatch("[A-Za-z0-9_-]{1,64}", name):
            source.fault(place, "this name cannot name a feed", "write 1 to 64 of the characters A-Z a-z 0-9 _ -")
        options = {key: value for key, value in table.items() if key not in keys_of(Feed)}
        given = {"name": name, "options": options, "file": source.file, "lines": source.below(place)}
        feed = source.section(Feed, place, table, given=given)
        if feed is None:
            continue
        if collectors is not None and feed.collector not in collectors:
            known = sorted(collectors)
            instead = f"write one of {', '.join(map(quoted, known))}{meant(feed.collector, known)}"
            source.fault((*place, "collector"), f"there is no collector {quoted(feed.collector)}", instead)
        feeds[name] = feed
    return feeds


def _named(source: Source, place: Place, name: str) -> None:
    try:
        kinds.name().read(name, Path())
    except Refusal as refusal:
        source.fault(place, refusal.what, refusal.instead)


def _check_tls(source: Source, web: Web) -> None:
    for given, lacking in (("tls_cert", "tls_key"), ("tls_key", "tls_cert")):
        if getattr(web, given) and not getattr(web, lacking) and not source.faulty("web", lacking):
            what = f"TLS needs a {lacking.removeprefix('tls_')} too, and web.{lacking} is not set"
            source.fault(("web", given), what, f"add {lacking} = a path, or leave both out")


def _check_short_abandon(source: Source, place: Place, judged: ServiceLevel) -> None:
    keys = ("short_abandon_seconds", "threshold_seconds")
    if judged.short_abandon_ms <= judged.threshold_ms or any(source.faulty(*place, key) for key in keys):
        return
    key = next((key for key in keys if (*place, key) in source.lines), keys[0])
    source.fault(
        (*place, key),
        f"short_abandon_seconds ({judged.short_abandon_seconds}) is more than "
        f"threshold_seconds ({judged.threshold_seconds})",
        f"write short_abandon_seconds = {judged.threshold_seconds} or less in [{dotted(place)}]",
    )
