"""Every text colour has the contrast of WCAG 2.2 AA on every ground, in every set; state colours stay apart for all."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from dashboard.design import GROUNDS, TEXTS
from dashboard.wall_plan import PALETTES

STATIC = Path(__file__).parents[2] / "dashboard" / "static"
CSS = (STATIC / "tokens.css").read_text()
_PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
_ONE = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")


def block(start: str) -> str:
    """The declarations behind a selector."""
    return CSS.split(start, 1)[1].split("}", 1)[0]


def tokens(name: str) -> dict[str, str]:
    """The colours of a set, as a browser resolves them."""
    dark = name in ("dark", "safe-dark", "night")
    found = {token: pair[dark] for token, *pair in _PAIR.findall(block(":root, [data-theme] {"))}
    if name.startswith("safe"):
        found |= {token: pair[dark] for token, *pair in _PAIR.findall(block("[data-theme^=safe] {"))}
    if name == "night":
        found |= dict(_ONE.findall(block("\n[data-theme=night] {")))
    return found


SETS: dict[str, dict[str, str]] = {name: tokens(name) for name in PALETTES}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722])) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", SETS)
def test_all_texts_can_be_read_on_all_grounds(name: str) -> None:
    found = SETS[name]
    assert len(found) == 16
    poor = [
        (text, ground, round(contrast(found[text], found[ground]), 2))
        for text in TEXTS
        for ground in GROUNDS
        if contrast(found[text], found[ground]) < 4.5
    ]
    assert poor == []
    assert contrast(found["on-accent"], found["accent"]) >= 4.5


@pytest.mark.parametrize("name", SETS)
def test_fields_and_marks_can_be_seen(name: str) -> None:
    # The border of a field (faint) and what marks a state, WCAG 1.4.11.
    found = SETS[name]
    for mark in ("faint", "accent", "good", "warn", "bad", "lost"):
        assert contrast(found[mark], found["panel"]) >= 3
        assert contrast(found[mark], found["ground"]) >= 3


# Machado, Oliveira and Fernandes 2009, full severity, for linear RGB.
SEEN_BY = {
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("name", ["safe-light", "safe-dark"])
@pytest.mark.parametrize("eye", SEEN_BY)
def test_states_stay_apart_for_colour_blind_eyes(name: str, eye: str) -> None:
    seen = {state: lab(np.array(SEEN_BY[eye]) @ linear(SETS[name][state])) for state in ("good", "warn", "bad")}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 25, (one, other)


def test_the_usual_colours_would_not_do_for_them() -> None:
    # Else the safe sets were for nothing, and the test above could not fail.
    matrix = np.array(SEEN_BY["deuteranope"])
    seen = [lab(matrix @ linear(SETS["light"][state])) for state in ("good", "warn", "bad")]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) < 25


@pytest.mark.parametrize(
    "name", ["base.css", "phone.css", "wall.css", "desk.css", "walls.css", "design.css", "entry.css"]
)
def test_colours_are_named_in_the_tokens_only(name: str) -> None:
    assert re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)", (STATIC / name).read_text()) == []
