"""The kinds of values that contracts and costs have."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path

from config.faults import Refusal, quoted
from config.kinds import Kind, name
from config.shown import shown


def amount() -> Kind:
    """An amount of money as a text, at most six digits behind the point; the result is a Decimal."""
    words = 'an amount in quotes, "0.59", never negative'

    def read(raw: object, _base: Path) -> object:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            # 0.59 as a number of TOML is already another number, and money must be exact.
            raise Refusal(what=f"{shown(raw)} is a number, not an amount", instead=f'write it in quotes: "{raw}"')
        if not isinstance(raw, str):
            raise Refusal(what=f"{shown(raw)} is not an amount", instead=f"write {words}")
        if re.fullmatch(r"-[0-9.]+", raw):
            raise Refusal(what=f"{quoted(raw)} is negative", instead=f"write {words}")
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", raw):
            raise Refusal(what=f"{quoted(raw)} is not an amount", instead=f"write {words}")
        return Decimal(raw)

    return Kind(words, read)


def day(*, empty: bool = False) -> Kind:
    """A date of the calendar; the result is a `date`, None where it is left empty."""
    words = "a date without quotes, 2026-01-01" + (', or ""' if empty else "")

    def read(raw: object, _base: Path) -> object:
        if empty and raw == "":
            return None
        if not isinstance(raw, datetime.date) or isinstance(raw, datetime.datetime):
            raise Refusal(what=f"{shown(raw)} is not a date", instead=f"write {words}")
        return raw

    return Kind(words, read)


def names() -> Kind:
    """A list of different names; the result is a tuple."""
    words = 'a list of names, ["Service"]'

    def read(raw: object, base: Path) -> object:
        if not isinstance(raw, list):
            raise Refusal(what=f"{shown(raw)} is not a list", instead=f"write {words}")
        found = tuple(str(name().read(one, base)) for one in raw)
        if len(set(found)) != len(found):
            raise Refusal(what="the list names something twice", instead="name it once")
        return found

    return Kind(words, read)
