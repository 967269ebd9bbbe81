"""Days, weeks, months and intervals as people read them on the pages of the desk. Pure."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date

from dashboard.desk.period import Period
from dashboard.formats import LOCALES
from dashboard.wording.desk_pages import DeskWording
from streams.days import business_date, from_ms

_PATTERNS = {
    "weekday": {"de": "EEE, d. MMM y", "en": "EEE d MMM y"},
    "short": {"de": "EEE, dd.MM.", "en": "EEE d MMM"},
    "date": {"de": "d. MMM y", "en": "d MMM y"},
    "month": {"de": "LLLL y", "en": "LLLL y"},
}


def _said(day: date, pattern: str, language: str) -> str:
    return str(format_date(day, _PATTERNS[pattern][language], locale=LOCALES[language]))


def short_day(day: date, language: str) -> str:
    """ "Di., 24.11."."""
    return _said(day, "short", language)


def period_name(period: Period, text: DeskWording) -> str:
    """What stands between the arrows: the day, the week with its number, the month, or both ends."""
    language = text.language
    if period.kind == "now":
        return text.now_name
    if period.kind == "day":
        return _said(period.first, "weekday", language)
    if period.kind == "month":
        return _said(period.first, "month", language)
    both = f"{_said(period.first, 'date', language)} – {_said(period.last, 'date', language)}"
    return f"{text.week} {period.first.isocalendar().week} · {both}" if period.kind == "week" else both


def compared_name(period: Period, text: DeskWording) -> str:
    """What the period is held against, as the heading of a column."""
    day = business_date(period.clock, period.compared()[0])
    if period.kind == "month":
        return _said(day, "month", text.language)
    if (period.last - period.first).days < 7 and period.kind != "week":
        return short_day(day, text.language)
    if period.kind == "week":
        return f"{text.week} {day.isocalendar().week}"
    return text.weeks_before


def clock_of_day(at_ms: int, zone: str) -> str:
    """The local time: "08:15"; in the repeated hour "02A:15" and then "02B:15"."""
    local = from_ms(at_ms, zone)
    return f"{local:%H}{'AB'[local.fold] if _repeated(local) else ''}:{local:%M}"


def _repeated(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def interval_name(start_ms: int, period: Period, language: str) -> str:
    """When an interval of the period begins: its time, with the day where there are several, or its day alone."""
    day = business_date(period.clock, start_ms)
    if period.interval == "day":
        return short_day(day, language)
    time = clock_of_day(start_ms, period.clock.zone)
    return time if period.first == period.last or period.kind == "now" else f"{short_day(day, language)} {time}"


def place_in_period(start_ms: int, first: date, period: Period) -> tuple[int, str]:
    """By which intervals of two periods belong together: days since `first` day, and the time on the wall."""
    day = business_date(period.clock, start_ms)
    time = "" if period.interval == "day" else clock_of_day(start_ms, period.clock.zone)
    return (day - first).days, time
