"""Tables of TOML as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

Value = str | float | Sequence[str] | date


def table(header: str, **keys: Value | None) -> str:
    """A table with these keys; those that are None are left out."""
    rows = [f"{key} = {text(value)}\n" for key, value in keys.items() if value is not None]
    return "".join([f"{header}\n", *rows])


def text(value: Value) -> str:
    """The value as TOML writes it."""
    if isinstance(value, date):
        return value.isoformat()
    # A JSON string, number or list of strings is the same in TOML, but for the bare delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
