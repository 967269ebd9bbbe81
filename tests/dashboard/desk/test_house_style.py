"""Charts know tokens and no colour, and the library that draws them is the one that is named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly

from dashboard.desk import house_style as style

STATIC = Path(__file__).parents[3] / "dashboard" / "static"


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def test_every_token_of_a_chart_is_one_of_the_pages() -> None:
    traces = [
        style.bars("a", [1], ["1"], style.OFFERED),
        style.bars("a", [1], ["1"], [style.ANSWERED, style.ABANDONED]),
        style.line("b", [1], ["1"], style.LEVEL, dots=[style.BEFORE]),
    ]
    figure = style.figure(
        traces, "de", 100, xaxis=style.axis_of_places(["x"]), yaxis=style.axis_of_counts(), shapes=style.band(0, 1, "y")
    )
    tokens = {text for text in strings(figure) if text.startswith("--")}
    known = set(re.findall(r"(--[a-z-]+):", (STATIC / "tokens.css").read_text() + (STATIC / "charts.css").read_text()))
    assert tokens
    assert tokens <= known
    assert not [text for text in strings(figure) if re.fullmatch(r"#[0-9a-f]+|rgb\(.*", text)]


def test_no_more_names_below_than_can_be_read() -> None:
    names = [str(number) for number in range(100)]
    axis = style.axis_of_places(names)
    assert len(axis["ticktext"]) <= style.MOST_TICKS
    assert axis["ticktext"][:2] == ["0", "13"]
    assert axis["range"] == [-0.6, 99.6]


def test_the_library_is_the_one_that_its_table_names() -> None:
    table = (STATIC / "vendor" / "README.md").read_text()
    for name, version, digest in re.findall(r"\| `([^`]+)` \| plotly\.js ([0-9.]+),.*`([0-9a-f]{64})` \|", table):
        data = (STATIC / "vendor" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert f"plotly.js (basic - minified) v{version}".encode() in data[:200]
        whole = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
        assert f"plotly.js v{version}" in whole.read_text()[:200]
        break
    else:
        raise AssertionError(table)


def test_the_library_makes_no_code_out_of_text() -> None:
    text = (STATIC / "vendor" / "plotly-basic.min.js").read_text()
    assert not re.search(r"\bnew Function\b|[^.\w]eval\(", text)
