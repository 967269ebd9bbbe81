"""Every text colour of the stylesheet has the contrast of WCAG 2.2 AA on every ground it stands on, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "dashboard" / "static" / "base.css").read_text()
TOKENS = {name: pair for name, *pair in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)}
TEXTS = ("ink", "soft", "faint", "accent", "good", "warn", "bad", "lost")
GROUNDS = ("ground", "panel", "raised", "wash", "hatch")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(text: str, ground: str, scheme: int) -> None:
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_what_can_be_pressed_can_be_read(scheme: int) -> None:
    assert contrast(TOKENS["on-accent"][scheme], TOKENS["accent"][scheme]) >= 4.5


def test_colours_are_named_once() -> None:
    beside = re.findall(r"#[0-9a-f]{3,6}\b", re.sub(r":root \{.*?\n\}", "", CSS, count=1, flags=re.DOTALL))
    assert beside == []
