"""What two settings of the same kind say differently; secrets and the options of collectors without their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from config.shown import Secret


def differences(place: str, old: object, new: object) -> list[str]:
    """What `new` says differently than `old`, one line for each key."""
    lines = []
    for each in fields(old):  # type: ignore[arg-type]
        before, after = getattr(old, each.name), getattr(new, each.name)
        if not each.compare or before == after:
            continue
        if isinstance(before, Mapping):
            names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
            lines.append(f"{place}: {', '.join(names)} changed")
        elif isinstance(before, Secret):
            lines.append(f"{place}.{each.name}: changed")
        else:
            lines.append(f"{place}.{each.name}: {before!r} -> {after!r}")
    return lines
