"""The texts of the page that shows every component in every state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DesignWording:
    """The texts of one language."""

    title: str
    lead: str
    sets: Mapping[str, str]
    sets_title: str
    tokens: str
    sample: str
    states: str
    rows: str
    tiles: str
    table: str
    sentences: str
    forms: str
    choice: str
    choices: tuple[str, str]
    field: str
    hint: str
    field_value: str
    tick: str
    notice: str
    problem: str
    buttons: tuple[str, str, str, str]
    badges: Mapping[str, str]
    pages: str
    loading: str
    stale: str
    lost: str
    empty: str
    no_feeds: str
    forbidden: str
    nulls: str
    nulls_columns: tuple[str, str]
    passport: str


GERMAN = DesignWording(
    title="Gestaltung",
    lead="Jeder Baustein in jedem Zustand, gezeichnet von den Vorlagen, die auch die Seiten zeichnen.",
    sets={
        "light": "hell",
        "dark": "dunkel",
        "night": "Nacht",
        "safe-light": "farbsicher hell",
        "safe-dark": "farbsicher dunkel",
    },
    sets_title="Farben",
    tokens="Farben und worauf sie stehen",
    sample="Text 83,4 %",
    states="Zustände: Form, Farbe und Wort",
    rows="Zeilen und Zeigerleiste",
    tiles="Kacheln der Tafel",
    table="Tabelle",
    sentences="Der Satz darüber",
    forms="Formulare",
    choice="Auswahl",
    choices=("erste", "zweite"),
    field="Feld",
    hint="Ein Hinweis unter dem Feld.",
    field_value="Inhalt",
    tick="Ankreuzen",
    notice="Gespeichert.",
    problem="Das stimmt so nicht.",
    buttons=("Wichtig", "Daneben", "Löschen", "Nicht jetzt"),
    badges={"on": "aktiv", "invited": "eingeladen", "disabled": "gesperrt"},
    pages="Was eine Seite statt Zahlen zeigt",
    loading="Lädt",
    stale="Verspätet (über 15 s)",
    lost="Verloren (über 60 s)",
    empty="Nichts im Bereich",
    no_feeds="Keine Quelle",
    forbidden="Nicht erlaubt",
    nulls="Wo keine Zahl steht",
    nulls_columns=("gezeigt", "weil"),
    passport="Definition einer Zahl",
)
ENGLISH = DesignWording(
    title="Design",
    lead="Every component in every state, drawn by the templates that draw the pages.",
    sets={
        "light": "light",
        "dark": "dark",
        "night": "night",
        "safe-light": "colour-safe light",
        "safe-dark": "colour-safe dark",
    },
    sets_title="Colours",
    tokens="Colours and what they stand on",
    sample="Text 83.4%",
    states="States: shape, colour and word",
    rows="Rows and pair scale",
    tiles="Tiles of the wall",
    table="Table",
    sentences="The sentence on top",
    forms="Forms",
    choice="Choice",
    choices=("first", "second"),
    field="Field",
    hint="A hint below the field.",
    field_value="Content",
    tick="Tick",
    notice="Saved.",
    problem="That is not right.",
    buttons=("Main", "Beside", "Delete", "Not now"),
    badges={"on": "active", "invited": "invited", "disabled": "disabled"},
    pages="What a page shows instead of numbers",
    loading="Loading",
    stale="Late (more than 15 s)",
    lost="Lost (more than 60 s)",
    empty="Nothing in scope",
    no_feeds="No source",
    forbidden="Forbidden",
    nulls="Where no number stands",
    nulls_columns=("shown", "because"),
    passport="Definition of a number",
)
DESIGN: Mapping[str, DesignWording] = {"de": GERMAN, "en": ENGLISH}


def design_words(language: str) -> DesignWording:
    """The texts of a language; German for one that is not known."""
    return DESIGN.get(language, GERMAN)
