"""The language catalogue: `words("de")` gives every text of the screens in German."""

from __future__ import annotations

from dashboard.wording.de import GERMAN
from dashboard.wording.en import ENGLISH
from dashboard.wording.text import Wording

WORDINGS = {"de": GERMAN, "en": ENGLISH}
LANGUAGES = tuple(WORDINGS)


def words(language: str) -> Wording:
    """The texts of a language; German for one that is not known."""
    return WORDINGS.get(language, GERMAN)


__all__ = ["LANGUAGES", "WORDINGS", "Wording", "words"]
