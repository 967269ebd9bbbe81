"""How values of the settings look in messages: short, and secret ones not at all."""

from __future__ import annotations

import datetime

from config.faults import quoted


class Secret:
    """A text that shows itself as *** wherever it is printed; `reveal()` gives it to whom it is meant for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "***" if self._text else "''"


def shown(raw: object) -> str:
    """A TOML value for a message, short."""
    match raw:
        case bool():
            return "true" if raw else "false"
        case str():
            return quoted(raw)
        case int() | float():
            return str(raw)
        case datetime.date() | datetime.time():
            return f"{raw} (a date or time without quotes)"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return repr(raw)
