"""Figures as OpenMetrics 1.0 writes them, which Prometheus and its relatives read. Text only, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Family:
    """One metric with its samples. The unit, where there is one, ends the name; a counter's samples get `_total`."""

    name: str
    help: str
    samples: Sequence[tuple[Labels, float]]
    kind: Literal["gauge", "counter"] = "gauge"
    unit: str = ""


def write(families: Iterable[Family]) -> str:
    """The whole text, with its end mark: a reader notices when it was cut off."""
    lines = []
    for family in families:
        lines.append(f"# TYPE {family.name} {family.kind}")
        if family.unit:
            assert family.name.endswith(f"_{family.unit}"), family.name
            lines.append(f"# UNIT {family.name} {family.unit}")
        lines.append(f"# HELP {family.name} {_escaped(family.help)}")
        suffix = "_total" if family.kind == "counter" else ""
        lines += [f"{family.name}{suffix}{_labels(labels)} {value!r}" for labels, value in family.samples]
    return "\n".join([*lines, "# EOF", ""])


def _labels(labels: Labels) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
