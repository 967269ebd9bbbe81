"""One catalogue, complete in both languages, and no text beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from dashboard import order
from dashboard.tile import PAIRS, STATES
from dashboard.wording import LANGUAGES, WORDINGS, Wording, words
from dashboard.wording.account import ACCOUNT, AccountWording
from dashboard.wording.administration import ADMINISTRATION, AdministrationWording
from dashboard.wording.catalogue import CATALOGUE, CatalogueWording
from dashboard.wording.design import DESIGN, DesignWording
from dashboard.wording.desk_pages import DESK_PAGES, DeskWording
from dashboard.wording.entry import ENTRY, EntryWording
from dashboard.wording.feeds import FEEDS, FeedsWording
from dashboard.wording.walls import WALLS, WallsWording
from streams.counters import COUNTERS
from streams.query import DIMENSIONS

ROOT = Path(__file__).parents[2]
OURS = ("account*.html", "board_*.html", "code.html", "desk*.html", "forms.html", "link*.html", "panel.html",
        "side_bar.html", "user*.html", "more.html", "offline.html", "page.html", "passport.html", "phone.html",
        "shapes.html", "wall.html", "wall_*.html", "walls.html", "design.html",
        "feed*.html", "catalogue.html", "palette.html")  # fmt: skip
TEMPLATES = [path for name in OURS for path in sorted((ROOT / "dashboard" / "templates").glob(name))]
SOURCES = [
    *(ROOT / "dashboard" / "templates").glob("*.html"),
    *(ROOT / "dashboard").glob("*.py"),
    *(ROOT / "dashboard" / "desk").glob("*.py"),
    *(ROOT / "mobile").glob("*.py"),
]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


CATALOGUES: dict[type, Mapping[str, Any]] = {
    Wording: WORDINGS,
    EntryWording: ENTRY,
    AccountWording: ACCOUNT,
    AdministrationWording: ADMINISTRATION,
    WallsWording: WALLS,
    DesignWording: DESIGN,
    DeskWording: DESK_PAGES,
    FeedsWording: FEEDS,
    CatalogueWording: CATALOGUE,
}
TEXTS = [(kind, each.name) for kind in CATALOGUES for each in fields(kind)]


@pytest.mark.parametrize(("kind", "name"), TEXTS)
def test_both_languages_say_the_same_things_with_the_same_places(kind: type, name: str) -> None:
    german, english = (getattr(CATALOGUES[kind][language], name) for language in ("de", "en"))
    assert type(german) is type(english)
    if isinstance(german, Mapping):
        assert german.keys() == english.keys()
        assert all(german.values() or [True])
    elif isinstance(german, tuple):
        assert len(german) == len(english)
    else:
        assert german
        assert english
        # A wrong place would only show in the rare case in which that text is used.
        assert places(german) == places(english)


def test_every_state_counter_and_column_has_its_word() -> None:
    for language in LANGUAGES:
        text = words(language)
        assert all(getattr(text, state) for state in STATES)
        assert set(COUNTERS) | {"wait_max_ms"} <= text.counters.keys()
        assert set(order.SORTS) - {"worst", "name"} <= text.columns.keys()
        assert set(PAIRS) <= text.columns.keys()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_text_of_their_own(path: Path) -> None:
    source = re.sub(
        r"\{% block body_class %\}.*?\{% endblock %\}|<pre>.*?</pre>", " ", path.read_text(), flags=re.DOTALL
    )
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!.*?>|<[^>]*>", " ", source, flags=re.DOTALL)
    assert not re.search(r"[A-Za-zÄÖÜäöüß]{2,}", bare)
    labels = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"{]+)', path.read_text())
    assert not labels


@pytest.mark.parametrize(("kind", "name"), [each for each in TEXTS if each[0] is not Wording or each[1] not in STATES])
def test_no_text_is_left_over(kind: type, name: str) -> None:
    used = re.compile(
        rf"(?:w|dw|a|ad|ws|fd|ct|said|d|words|text(?:\(\))?|\w*words\([^)]*\)+)\.{name}\b|[\"']{name}[\"']"
    )
    assert any(used.search(path.read_text()) for path in SOURCES), f"{kind.__name__}.{name}"


def test_an_unknown_language_is_german() -> None:
    assert words("fr") is WORDINGS["de"]


def test_every_refusal_has_its_words() -> None:
    reasons = {
        reason
        for path in (ROOT / "dashboard").glob("*.py")
        for reason in re.findall(r'raise Refused\(\w+, "(\w+)"', path.read_text())
    }
    assert {"phone", "partner", "password_known"} <= reasons
    for language in LANGUAGES:
        assert reasons <= ACCOUNT[language].refusals.keys()
        assert set(DIMENSIONS) <= ACCOUNT[language].dimensions.keys()
