"""Numbers and times as people read them, by language. Every number on a screen is finished here."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

LOCALES = {"de": "de_DE", "en": "en_GB"}
NOTHING = "–"
MINUS = "\N{MINUS SIGN}"


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


@lru_cache(maxsize=8192)
def _percent(steps: int, digits: int, language: str) -> str:
    pattern = str(_locale(language).percent_formats[None].pattern)
    if digits:
        pattern = pattern.replace("#,##0", "#,##0." + "0" * digits)
    return str(format_percent(Decimal(steps).scaleb(-2 - digits), format=pattern, locale=_locale(language)))


def share_steps(value: float, digits: int, below: float | None = None) -> int:
    """A share 0..1 in whole steps of the last digit shown (`digits` 0 or 1), rounded half up.

    A value under `below` is never rounded up to it: "80 %" must not stand beside "below target 80 %".
    """
    scale = 1000 if digits else 100
    steps = math.floor(value * scale + 0.5)
    if below is not None and value < below and steps >= below * scale:
        return math.ceil(below * scale) - 1
    return steps


def share(value: float | None, language: str, digits: int = 1, below: float | None = None) -> str:
    """ "83,4 %"; a dash for None. `below` as in `share_steps`."""
    return NOTHING if value is None else _percent(share_steps(value, digits, below), digits, language)


def share_digits(value: float | None, below: float | None = None) -> str:
    """The whole percent without its sign, for the big figure of the wall; a dash for None."""
    return NOTHING if value is None else str(share_steps(value, 0, below))


def goal(value: float, language: str) -> str:
    """A target without a needless digit: "80 %", "82,5 %"."""
    return share(value, language, 0 if abs(value * 100 - round(value * 100)) < 0.05 else 1)


@lru_cache(maxsize=8192)
def _points(tenths: int, language: str) -> str:
    sign = MINUS if tenths < 0 else "+" if tenths > 0 else "±"
    number = format_decimal(Decimal(abs(tenths)).scaleb(-1), format="0.0", locale=_locale(language))
    return f"{sign}{number}"


def points(difference: float, language: str) -> str:
    """A difference of two shares in percentage points with its sign: "−38,8". A miss never reads as zero."""
    tenths = math.floor(abs(difference) * 1000 + 0.5)
    if difference < 0:
        tenths = -max(tenths, 1)
    return _points(tenths, language)


@lru_cache(maxsize=8192)
def whole(value: int, language: str) -> str:
    """ "1.234"."""
    return str(format_decimal(value, format="#,##0", locale=_locale(language)))


@lru_cache(maxsize=8192)
def _minutes(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def minutes(seconds: float | None) -> str:
    """Seconds as "4:12", from an hour on "1:04:12"; fractions are cut. A dash for None."""
    return NOTHING if seconds is None else _minutes(int(seconds))


def seconds(milliseconds: int, language: str) -> str:
    """A difference of time with its sign and a tenth of a second: "+1,4 s"."""
    number = format_decimal(Decimal(abs(milliseconds)).scaleb(-3), format="#,##0.0", locale=_locale(language))
    return f"{MINUS if milliseconds < 0 else '+'}{number} s"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _local(at_ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(_zone(zone))


def clock(at_ms: int, zone: str) -> str:
    """The local time with seconds: "10:42:07"."""
    return _local(at_ms, zone).strftime("%H:%M:%S")


def moment(at_ms: int, zone: str, language: str) -> str:
    """The local date and minute: "22. Nov. 2026, 14:32"."""
    return f"{day(at_ms, zone, language)}, {clock(at_ms, zone)[:5]}"


def minute_of_day(at_ms: int, zone: str) -> int:
    """Minutes since the local midnight, as the clock on the wall says it."""
    local = _local(at_ms, zone)
    return local.hour * 60 + local.minute


def day(at_ms: int, zone: str, language: str) -> str:
    """The local date: "22. Nov. 2026"."""
    return str(format_date(_local(at_ms, zone).date(), "medium", locale=_locale(language)))


@lru_cache(maxsize=8192)
def _money(minor: int, digits: int, currency: str, language: str) -> str:
    locale = _locale(language)
    pattern = str(locale.currency_formats["standard"].pattern).replace("0.00", "0.00" if digits else "0")
    amount = format_currency(
        Decimal(abs(minor)).scaleb(-digits), currency, format=pattern, locale=locale, currency_digits=False
    )
    return f"{MINUS}{amount}" if minor < 0 else str(amount)


def money(amount: Fraction, currency: str, language: str) -> str:
    """ "1.234 €", "−12 €": whole units, rounded half up; less than one with cents, so that no loss reads as zero."""
    digits = 2 if abs(amount) < 1 and amount else 0
    scaled = abs(amount) * 10**digits
    minor = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return _money(-minor if amount < 0 else minor, digits if minor else 0, currency, language)


@lru_cache(maxsize=8192)
def _decimal(tenths: int, language: str) -> str:
    return str(format_decimal(Decimal(tenths).scaleb(-1), format="#,##0.0", locale=_locale(language)))


def decimal(value: float | None, language: str) -> str:
    """ "1,5"; a dash for None."""
    return NOTHING if value is None else _decimal(math.floor(value * 10 + 0.5), language)


def amount(value: Decimal, currency: str, language: str) -> str:
    """An amount of money with two decimals: "1.234,56 €"; without a currency the number alone."""
    locale, size = _locale(language), abs(value)
    text = format_currency(size, currency, locale=locale) if currency else format_decimal(size, "#,##0.00", locale)
    return f"{MINUS}{text}" if value < 0 else str(text)
