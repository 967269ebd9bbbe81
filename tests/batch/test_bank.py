"""The real bank file against the published answers: 15 instants, every hotline, both windows, both bases."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from functools import cache
from typing import Any

from tests.batch.compare import Nearby, assert_same
from tests.batch.count import BASES, WINDOWS, Rules, count_groups
from tests.batch.formulas import kpis
from tests.batch.local_days import instant_ms
from tests.batch.read_bank import read_bank
from tests.batch.samples import BANK_EXPECTED, BANK_FILE, sample
from tests.batch.visits import Reading

RULES = Rules(zone="Asia/Jerusalem")


@cache
def bank() -> Reading:
    return read_bank(sample(BANK_FILE))


def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample(BANK_EXPECTED).read_text())
    return found


def instants() -> dict[str, int]:
    """{as printed in the file: UTC ms}."""
    return {name: local_ms(datetime.fromisoformat(name)) for name in published()["at"]}


def local_ms(clock: datetime) -> int:
    return instant_ms(clock.year, clock.month, clock.day, clock.hour, clock.minute, clock.second, RULES.zone)


def hotline_and_all(queue: str) -> tuple[str, str]:
    return queue, "*"


def test_every_line_is_accounted_for() -> None:
    answers = published()
    assert bank().received == answers["rows"] == 25_890
    assert len(bank().visits) == answers["visits"]
    assert Counter(door.kind for door in bank().doors) == {"ivr_abandon": answers["ivr_abandon"]}
    assert bank().skip_reasons == answers["skipped"]
    assert bank().dead == answers["dead"]
    assert bank().counted == answers["visits"] + answers["ivr_abandon"]


def test_every_counter_and_every_kpi_of_all_instants() -> None:
    compared = 0
    for name, as_of_ms in instants().items():
        answers = published_at(name)
        groups = count_groups(bank().visits, bank().doors, as_of_ms, lambda _: RULES, hotline_and_all)
        assert {f"{group}|{window}|{basis}" for group in groups for window in WINDOWS for basis in BASES} == set(
            answers
        )
        for key, answer in answers.items():
            group, window, basis = key.split("|")
            counts = groups[group][window, basis]
            assert_same({key: answer["counts"]}, {key: counts}, name)
            values = kpis(counts)
            for kpi, right in answer["kpis"].items():
                value = values[kpi]
                if right is None or value is None:
                    assert value is None, f"{name} {key}: {kpi} must be null"
                    assert right is None, f"{name} {key}: {kpi} must be {right}"
                else:
                    assert abs(float(value) - right) <= 1e-9, f"{name} {key}: {kpi} is {float(value)}, not {right}"
                compared += 1
    assert compared == 15 * 7 * 4 * 12


@cache
def answers_by_instant() -> dict[str, Any]:
    found: dict[str, Any] = published()["at"]
    return found


def published_at(name: str) -> dict[str, Any]:
    found: dict[str, Any] = answers_by_instant()[name]
    return found


def test_looking_only_at_what_is_near_changes_nothing() -> None:
    nearby = Nearby(bank().visits, bank().doors, RULES)
    for name in ("1999-02-10T23:59:30", "1999-02-11T00:00:30"):
        as_of_ms = local_ms(datetime.fromisoformat(name))
        visits, doors = nearby.at(as_of_ms)
        assert len(visits) < len(bank().visits) / 4
        few = count_groups(visits, doors, as_of_ms, lambda _: RULES, hotline_and_all)
        everything = count_groups(bank().visits, bank().doors, as_of_ms, lambda _: RULES, hotline_and_all)
        for group, right in everything.items():
            assert_same(right, few.get(group, {}), f"{name} {group}")
