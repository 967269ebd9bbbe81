"""A day of the simulated centre with everything that goes wrong with a queue_log, read twice.

The real collector reads it with one business-day start for most sites and another for one, and with two hotlines
judged differently; in the middle of the file a setting changes the threshold of one of them.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.demo_centre import HOTLINES, Centre
from collectors.demo_centre.settings_text import ZONE
from commands import wiring
from streams.days import to_ms
from tests.batch.count import Rules
from tests.batch.local_days import business_day_start_ms
from tests.batch.read_queue_log import QueueLog
from tests.batch.visits import Door, Visit
from tests.proof.ground import Ground
from tests.scenarios.core import Core

START_MS = to_ms(datetime(2026, 10, 25, 4, tzinfo=UTC))
"""The business day begins five hours earlier, at 01:00, and has 25 hours."""
HOURS = 26
CHANGED = "Rechnung"
THRESHOLD_SECONDS = {CHANGED: 30, "Mobilfunk": 10}
THEN_SECONDS = 12
OTHER_CLOCK = ("Rostock", "Europe/London", time(4, 0))
GIVE_UP_HOURS = 1.5
_LATER = "|later"


def spoiled(lines: Sequence[str], chance: random.Random) -> list[str]:
    """The lines with some lost, some twice, restarts, refusals and failures: what a real file has."""
    ends = ("ABANDON", "EXITWITHTIMEOUT")
    made: list[str] = []
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=True)):
        epoch, call, queue, agent, event, *_ = line.split("|")
        lost = {"ENTERQUEUE": 0.03, "CONNECT": 0.03} | dict.fromkeys(ends, 0.08)
        if "|WRAPUPSTART|" not in following:
            lost["COMPLETECALLER"] = 0.03
        if chance.random() >= lost.get(event, 0):
            made.append(line)
        if event == "ENTERQUEUE" and chance.random() < 0.02:
            made.append(f"{epoch}|{call}|{queue}|NONE|SYSCOMPAT|")
        if event in (*ends, "CONNECT", "COMPLETEAGENT") and chance.random() < 0.03:
            made.append(line)
        if event == "ENTERQUEUE" and chance.random() < 0.12:
            refused = chance.choice(("FULL", "CLOSED", "JOINEMPTY", "DIVERT_CA_RATIO"))
            made.append(f"{epoch}|{epoch}.9{number}|{queue}|NONE|{refused}|")
        if event == "CONNECT" and chance.random() < 0.02:
            made.append(f"{int(epoch) - 3}|{call}|{queue}|{agent}|AGENTDUMP|")
        if event == "ENTERQUEUE" and chance.random() < 0.006:
            made.append(f"{epoch}|NONE|NONE|NONE|QUEUESTART|")
    return made


def with_calls_on_edges(lines: Sequence[str], centre: Centre, rules_of: RulesOf) -> list[str]:
    """The lines with calls that arrive in the very second in which a business day begins, and in the one before."""
    made = list(lines)
    last_ms = int(made[-1].split("|", 1)[0]) * 1000
    number = 0
    for queue in (queue.name for hotline in centre.hotlines for queue in hotline.queues):
        rules = rules_of(queue)
        for at_ms in (last_ms, last_ms - 86_400_000):
            begins = business_day_start_ms(at_ms, rules.zone, rules.day_begins) // 1000
            for epoch in (begins - 1, begins):
                number += 1
                event = ("JOINEMPTY", "FULL", "ENTERQUEUE")[number % 3]
                place = bisect_left(made, epoch, key=lambda line: int(line.split("|", 1)[0]))
                made.insert(place, f"{epoch}|{epoch}.8{number}|{queue}|NONE|{event}|")
    return made


def settings_toml(centre: Centre, path: Path, **threshold_seconds: int) -> str:
    hotlines = tuple(
        replace(hotline, threshold_seconds=threshold_seconds.get(hotline.name, hotline.threshold_seconds))
        for hotline in centre.hotlines
    )
    centre = Centre(1, centre.start_ms, hotlines=hotlines)
    name, zone, day_start = OTHER_CLOCK
    site = f'[[sites]]\nname = "{name}"\nzone = "{zone}"\nday_start = "{day_start:%H:%M}"\n'
    return f"{centre.settings_toml(str(path))}\n{site}\n[limits]\ngive_up_hours = {GIVE_UP_HOURS}\n"


def ground(folder: Path, seed: int, calls_per_second: float, *, start_ms: int = START_MS, hours: int = HOURS) -> Ground:
    """The day as both sides know it, written below `folder`."""
    centre = Centre(seed, start_ms, hotlines=HOTLINES, calls_per_second=calls_per_second, same_second_share=0.1)
    rules_of = RulesOf(centre)
    lines = with_calls_on_edges(centre.advance(start_ms + hours * 3_600_000), centre, rules_of)
    lines = spoiled(lines, random.Random(seed))
    middle = len(lines) * 2 // 3
    log = QueueLog()
    core: Core | None = None
    for name, part, seconds in (
        ("queue_log.0", lines[:middle], THRESHOLD_SECONDS),
        ("queue_log", lines[middle:], THRESHOLD_SECONDS | {CHANGED: THEN_SECONDS}),
    ):
        file = folder / name
        file.write_text("".join(f"{line}\n" for line in part), encoding="utf-8", newline="\n")
        toml = folder / f"{name}.toml"
        toml.write_text(settings_toml(centre, file, **seconds), encoding="utf-8")
        core = Core(wiring.read_settings(toml), "demo", folder / "data", core.log if core else None)
        core.replay(file)
        known = len(log.reading.visits), len(log.reading.doors)
        for line in part:
            log.take(line)
        if name == "queue_log":
            _mark_later(log.reading.visits[known[0] :])
            log.reading.doors[known[1] :] = [_later(door) for door in log.reading.doors[known[1] :]]
    assert core is not None
    tally = core.tally()
    assert (tally.dead, tally.skip_reasons) == (log.reading.dead, log.reading.skip_reasons)
    # The slow reading does not count what the collector also calls a conflict: after-call work stated twice.
    assert tally.conflicts >= log.reading.conflicts > 0
    dimensions = ("hotline+provider", "hotline", "provider", "project", "client", "site", "team")
    return Ground(core, log.reading.visits, log.reading.doors, rules_of, GroupsOf(centre), dimensions)


def _mark_later(visits: list[Visit]) -> None:
    for visit in visits:
        visit.queue += _LATER


def _later(door: Door) -> Door:
    return Door(door.queue + _LATER, door.at_ms, door.kind)


class RulesOf:
    """The rules of a queue; those of visits that arrived under the changed settings bear a mark in their name."""

    def __init__(self, centre: Centre) -> None:
        self._hotlines = {queue.name: (hotline, queue) for hotline in centre.hotlines for queue in hotline.queues}
        begins = datetime.fromtimestamp(centre.day_start_ms / 1000, UTC).astimezone(ZoneInfo(ZONE))
        self._day_begins = begins.time().replace(tzinfo=None)

    def __call__(self, name: str) -> Rules:
        queue_name, later, _ = name.partition(_LATER)
        hotline, queue = self._hotlines[queue_name]
        seconds = THRESHOLD_SECONDS.get(hotline.name, hotline.threshold_seconds)
        if later and hotline.name == CHANGED:
            seconds = THEN_SECONDS
        site, zone, day_begins = OTHER_CLOCK
        if queue.site != site:
            zone, day_begins = ZONE, self._day_begins
        give_up_ms = int(GIVE_UP_HOURS * 3_600_000)
        return Rules(seconds * 1000, hotline.short_abandon_seconds * 1000, give_up_ms, zone, day_begins)


class GroupsOf:
    """Every level that a queue belongs to, as the demo's own tables say."""

    def __init__(self, centre: Centre) -> None:
        self._groups = {
            queue.name: (
                ":",
                f"hotline+provider:{hotline.name}/{queue.provider}",
                f"hotline:{hotline.name}",
                f"provider:{queue.provider}",
                f"project:{hotline.project}",
                f"client:{hotline.client}",
                f"site:{queue.site}",
                f"team:{queue.provider} {queue.team}",
            )
            for hotline in centre.hotlines
            for queue in hotline.queues
        }

    def __call__(self, name: str) -> Iterable[str]:
        return self._groups[name.partition(_LATER)[0]]
