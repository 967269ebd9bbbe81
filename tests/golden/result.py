"""The form of a result: every counter of every group, and the bytes in which it is compared."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tests.batch.count import Counts

Result = dict[str, dict[str, dict[str, Counts]]]
"""{where: {group: {which counters: counts}}}; where is "at INSTANT" or "1h", which is "30m live" or a row's edges."""


def canonical(result: Result) -> str:
    """One line per group and kind of counters, sorted, without zeros: the same result has the same bytes."""
    lines = []
    for where in sorted(result):
        for group in sorted(result[where]):
            for which in sorted(result[where][group]):
                counts = {name: value for name, value in result[where][group][which].items() if value}
                lines.append(json.dumps([where, group, which, counts], sort_keys=True, separators=(",", ":")))
    return "\n".join(lines) + "\n"


def instants_of(text: str) -> dict[str, int]:
    """Every "at INSTANT" of a canonical text and its UTC milliseconds."""
    names = {where for where, *_ in map(json.loads, text.splitlines()) if where.startswith(("at ", "live at "))}
    return {name: int(name.rsplit(" ", 1)[1]) for name in names}


def first_difference(right: str, came: str) -> str:
    """The first lines that are not the same, for whoever has to find out why."""
    expected, actual = set(right.splitlines()), set(came.splitlines())
    missing: Iterable[str] = sorted(expected - actual)[:5]
    extra: Iterable[str] = sorted(actual - expected)[:5]
    return "\n".join([*(f"must be {line}" for line in missing), *(f"is      {line}" for line in extra)])
