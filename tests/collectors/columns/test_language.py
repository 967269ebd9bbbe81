"""Faulty column maps: each fault is found, named by its place, and told what to write instead."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from collectors.contract import BadOptions
from collectors.registry import COLLECTORS
from tests.collectors.bench import BANK_LIKE

Change = Callable[[dict[str, Any]], object]


def faults(change: Change) -> list[tuple[str, str, str]]:
    table = copy.deepcopy(dict(BANK_LIKE))
    change(table)
    with pytest.raises(BadOptions) as caught:
        COLLECTORS["columns"].read_options(table)
    return [(".".join(map(str, fault.place)), fault.what, fault.instead) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (lambda t: t.pop("key"), "key", "missing"),
        (lambda t: t.pop("hotline"), "hotline", "missing"),
        (lambda t: t.pop("cases"), "cases", "missing"),
        (lambda t: t.update(delimeter=","), "delimeter", "did you mean 'delimiter'"),
        (lambda t: t.update(delimiter="::"), "delimiter", "write one sign"),
        (lambda t: t.update(quote="''"), "quote", "write one sign"),
        (lambda t: t.update(encoding="utf-16"), "encoding", "utf-8, latin-1, cp1252"),
        (lambda t: t.update(zone="Berlin"), "zone", "Europe/Berlin"),
        (lambda t: t.update(header="yes"), "header", "true or false"),
        (lambda t: t.update(header=False), "columns", "name the columns"),
        (lambda t: t.update(header=False, columns=["id", "line", "id"]), "columns", "lacks agent"),
        (lambda t: t.update(keep_hours=True), "keep_hours", "whole number"),
        (lambda t: t["times"]["start"].update(format="%d.%m."), "times.start.format", "part of a date"),
        (lambda t: t["times"]["start"].update(format="%Q"), "times.start.format", "%Q"),
        (lambda t: t["times"]["start"].update(format="%H:%M"), "times.start.date", "missing"),
        (
            lambda t: t["times"]["start"].update(format="%H:%M", date="d", date_format="%H"),
            "times.start.date_format",
            "%H",
        ),
        (lambda t: t["times"]["start"].update(after="never"), "times", "'never', which is no time"),
        (lambda t: t["times"]["start"].update(colum="x"), "times.start.colum", "did you mean 'column'"),
        (lambda t: t["durations"]["wait"].update(unit="h"), "durations.wait.unit", "ms, s, min, clock"),
        (
            lambda t: t.update(legs={"talk": {"start": "start", "exit": "over", "absent": ""}}),
            "legs.talk.exit",
            "no time",
        ),
        (lambda t: t["cases"][0].update(result="done"), "cases.0.result", "write one of answered"),
        (lambda t: t["cases"][1].update(arrival="begin"), "cases.1.arrival", "no time"),
        (lambda t: t["cases"][1].pop("end"), "cases.1.end", "missing"),
        (lambda t: t["cases"][0].pop("handled"), "cases.0.handled", "missing"),
        (lambda t: t["cases"][0].pop("talk"), "cases.0.talk", "missing"),
        (lambda t: t["cases"][0].update(talk="chat"), "cases.0.talk", "duration or a leg"),
        (lambda t: t["cases"][0].update(end={"at": "start", "plus": "w"}), "cases.0.end", "no duration"),
        (lambda t: t["cases"][0].update(when={"outcome": 1}), "cases.0.when.outcome", "text"),
        (lambda t: t["cases"][0].update({"with": "queue"}), "cases.0.with", "no leg"),
        (lambda t: t["cases"][1].update(talk="wait", handled="end"), "cases.1.result", "no handling"),
        (lambda t: t["skip"][0].pop("reason"), "skip.0.reason", "missing"),
        (lambda t: t.update(defaults={"time": {}}), "defaults", "defaults.times"),
    ],
)
def test_fault(change: Change, place: str, says: str) -> None:
    found = faults(change)
    assert any(at == place and says in f"{what} {instead}" for at, what, instead in found), found


def test_every_fault_is_told_at_once() -> None:
    def break_three(table: dict[str, Any]) -> None:
        table["delimiter"] = ""
        table["times"]["start"]["format"] = ""
        table["cases"][0]["result"] = ""

    assert {place for place, _, _ in faults(break_three)} >= {"delimiter", "times.start.format", "cases.0.result"}


def test_queue_log_options_are_strict_too() -> None:
    with pytest.raises(BadOptions) as caught:
        COLLECTORS["queue_log"].read_options({"keep_hours": "48", "encodign": "utf-8"})
    assert [fault.place for fault in caught.value.faults] == [("keep_hours",), ("encodign",)]
