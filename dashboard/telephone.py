"""Telephone numbers as E.164 writes them, which is how telephone systems are told whom to call."""

from __future__ import annotations

import re

from dashboard.access import Refused

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[\s\-./()\u00a0\u2010-\u2015]")


def e164(written: str) -> str:
    """The number as +4930123456, whatever separates its digits; empty for nothing. Raises `Refused`.

    A number without its country is refused: nobody could tell which country is meant.
    """
    if not written.strip():
        return ""
    number = _SEPARATORS.sub("", written.replace("(0)", ""))
    if number.startswith("00"):
        number = "+" + number[2:]
    if not _E164.fullmatch(number):
        message = f"{written!r} is no international telephone number: write + and the country, such as +49 30 1234567"
        raise Refused(message, "phone")
    return number
