"""Which texts may be names of calls, queues and people (pure)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from collectors.contract import BadLine

LONGEST_NAME = 200
_CALL = re.compile(r"[!-{}~]{1,150}")
_LOOK_ALIKES = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL")


def bad_call_id(text: str) -> str:
    """Why this is no call id (visible ASCII, 1 to 150 characters, no bar); empty when it is one."""
    return "" if _CALL.fullmatch(text) else "call id: not 1 to 150 visible ASCII characters"


@lru_cache(maxsize=20_000)
def _bad_name(text: str) -> str:
    """Why this is no name of a queue or a person; empty when it is one.

    Signs that cannot be seen, and letters of two scripts that look alike in one name, make two names look like one.
    """
    if not text or len(text) > LONGEST_NAME:
        return f"not 1 to {LONGEST_NAME} characters"
    if not text.isprintable():
        return "holds signs that cannot be seen"
    if text != text.strip():
        return "begins or ends with a space"
    if text.isascii():
        return ""
    scripts = {_script(letter) for letter in text if letter.isalpha()}
    return "mixes letters of look-alike scripts" if len(scripts.intersection(_LOOK_ALIKES)) > 1 else ""


def check_name(field: str, text: str) -> None:
    """Raises `BadLine`, which names the field, where the text is no name of a queue or a person."""
    if reason := _bad_name(text):
        message = f"{field}: {reason}"
        raise BadLine(message)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
