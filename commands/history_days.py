"""`leitstand history report` and `diff`: one closed day in one of its versions, and what made the next."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from commands import wiring
from commands.failures import WorkFailed
from commands.printing import show, write_json
from config.settings import Settings
from streams.catalogue import KPI, Options, compute
from streams.counters import BASES
from streams.history import commits
from streams.history.commits import Contents, DayVersion, File
from streams.history.differences import Change, changes
from streams.history.facts import read_facts
from streams.history.history import History
from streams.query import DIMENSIONS, Row, dimension, interval_rows, iso, row_json
from streams.reading import Sums
from streams.records import Cell

_SHOWN = ("service_level", "reachability", "asa", "aht")
_LATE = ("feed", "sequence", "kind", "at", "collected")


def report(history: History, settings: Settings, day: str, version: int | None, *, as_json: bool) -> None:
    """Prints a day by hotline and over all, by arrival, as this version of it says; None is the newest."""
    options = wiring.kpi_options(settings)
    documents = []
    for contents, one in _versions(history, day, version):
        counted = _day(history, contents, one, "arrival")
        edges = [one.start_ms, one.end_ms]
        rows = [*interval_rows(counted, edges, "day"), *interval_rows(counted, edges, "day", by=["hotline"])]
        documents.append({**_about(one), "basis": "arrival", "rows": [row_json(row, options) for row in rows]})
        if not as_json:
            _show(one, rows, options)
    if as_json:
        write_json({"reports": documents})


def _show(one: DayVersion, rows: list[Row], options: Options) -> None:
    show(
        ("hotline", "offered", "answered", "abandoned", *_SHOWN),
        (
            [row.by.get("hotline", "(all)"), *(str(row.sums[name]) for name in ("offered", "answered", "abandoned"))]
            + [_text(compute(KPI[name], row.sums, row.cells, options).value) for name in _SHOWN]
            for row in rows
        ),
        title=f"{one.day} {one.clock}, version {one.version} of {iso(one.made_ms)}: {one.why}",
    )


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def diff(history: History, day: str, before: int, after: int, *, as_json: bool) -> None:
    """Prints every counter that changed between two versions of a day, and every late record behind it."""
    documents: list[dict[str, Any]] = []
    for contents, old in _versions(history, day, before):
        new = next((one for _, one in _versions(history, day, after) if one.clock == old.clock), None)
        if new is None:
            continue
        found = [
            change
            for basis in BASES
            for change in changes(_day(history, contents, old, basis), _day(history, contents, new, basis), basis)
        ]
        between = [
            one
            for one in contents.versions
            if (one.day, one.clock) == (day, old.clock) and before < one.version <= after
        ]
        late = [row for one in between for path in one.causes for row in _late(history, contents, path)]
        documents.append(
            {
                "day": day,
                "clock": old.clock,
                "from": _about(old),
                "to": _about(new),
                "why": [one.why for one in between],
                "changes": [_change(change) for change in found],
                "late": late,
            }
        )
    if not documents:
        message = f"day {day} has no versions {before} and {after} of the same clock: see `leitstand history list`"
        raise WorkFailed(message)
    if as_json:
        write_json({"differences": documents})
        return
    for one in documents:
        sys.stdout.write(f"{one['day']} {one['clock']}: {'; '.join(one['why'])}\n")
        show(
            ("hotline", "provider", "basis", "counter", "before", "after"),
            (
                [
                    *(change["by"]["hotline"], change["by"].get("provider", ""), change["basis"], change["counter"]),
                    *(str(change["before"]), str(change["after"])),
                ]
                for change in one["changes"]
            ),
            left=4,
        )
        show(_LATE, ([str(row[name]) for name in _LATE] for row in one["late"]), left=5, title="late records")


def _change(change: Change) -> dict[str, Any]:
    by = {name: value for name in DIMENSIONS if (value := dimension(change.cell, name))}
    return {
        "by": by,
        "basis": change.basis,
        "counter": change.counter,
        "before": change.before,
        "after": change.after,
    }


def _late(history: History, contents: Contents, path: str) -> list[dict[str, Any]]:
    if path not in contents.files:
        return []  # older than records are kept
    table = history.read_table(contents.files[path])
    return [
        {
            "feed": row["feed"],
            "sequence": row["sequence"],
            "kind": row["kind"],
            "at": row["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "collected": row["collected"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "visit": row["visit"].hex(),
        }
        for row in table.to_pylist()
    ]


def _about(one: DayVersion) -> dict[str, Any]:
    return {
        "day": one.day,
        "clock": one.clock,
        "version": one.version,
        "made": iso(one.made_ms),
        "why": one.why,
    }


def _versions(history: History, day: str, version: int | None) -> list[tuple[Contents, DayVersion]]:
    """This version of the day for every clock; None is the newest. Raises `WorkFailed` when there is none."""
    found = []
    for contents in history.partitions():
        newest = contents.newest()
        for one in contents.versions:
            wanted = newest[one.day, one.clock].version if version is None else version
            if one.day == day and one.version == wanted:
                found.append((contents, one))
    if not found:
        what = f"version {version} of day {day}" if version is not None else f"closed day {day}"
        message = f"there is no {what}: see `leitstand history list`"
        raise WorkFailed(message)
    return found


def _day(history: History, contents: Contents, one: DayVersion, basis: str) -> Mapping[Cell, list[Sums]]:
    files: list[File] = [
        file
        for file in contents.of_kind(commits.DAYS)
        if (file.day, file.name, file.version) == (one.day, one.clock, one.version)
    ]
    found = read_facts(history, files, [one.start_ms, one.end_ms], basis)
    return {cell: list(rows.values()) for cell, rows in found.items()}
