"""One series of events becomes its occurrences in a stretch of time (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from collectors.contract import BadLine
from collectors.wall_clock import WallClock
from streams.days import to_ms

MOST_OCCURRENCES = 1_000
_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_OFTEN_BY = ("BYSECOND", "BYMINUTE", "BYHOUR")
_NUMBERS = ("DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID")
_EPOCH = date(1970, 1, 1)


class Occurrence(NamedTuple):
    """One event as it takes place: [`from_ms`, `until_ms`), with the texts that it states."""

    from_ms: int
    until_ms: int
    summary: str
    category: str
    location: str
    attendees: tuple[str, ...]
    calendar_name: str


def occurrences(text: str, from_ms: int, until_ms: int, zone: ZoneInfo) -> list[Occurrence]:
    """What begins in [from, until) and was not cancelled. `zone` is that of times without one. Raises `BadLine`."""
    if strange := [line for line in text.splitlines() if line.upper().startswith(_NUMBERS) and not line.isascii()]:
        message = f"{strange[0].partition(':')[0][:40]}: holds signs that are no ASCII"
        raise BadLine(message)
    # Not at the top: both take long to import, and most commands read no calendar.
    import icalendar  # noqa: PLC0415
    import recurring_ical_events  # noqa: PLC0415

    try:
        calendar = icalendar.Calendar.from_ical(text)
        wall = WallClock(zone)
        _check(calendar, wall)
        start, end = (datetime.fromtimestamp(at_ms / 1000, UTC) for at_ms in (from_ms, until_ms))
        # A floating event may lie up to a day beside where it stands in UTC.
        events = recurring_ical_events.of(calendar).between(start - timedelta(days=1), end + timedelta(days=1))
        found = list(_read(events, str(calendar.get("X-WR-CALNAME", "")), wall))
    except BadLine:
        raise
    except Exception as error:  # whatever the two libraries make of what somebody else wrote
        message = f"no calendar event: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise BadLine(message) from error
    return sorted(one for one in found if from_ms <= one.from_ms < until_ms)


def _check(calendar: Any, wall: WallClock) -> None:
    events = calendar.walk("VEVENT")
    if not events:
        message = "no calendar event in it"
        raise BadLine(message)
    for event in events:
        if event.errors:
            message = f"{event.errors[0][0]}: {' '.join(str(event.errors[0][1]).split())[:200]}"
            raise BadLine(message)
        if "DTSTART" not in event:
            message = "DTSTART is missing"
            raise BadLine(message)
        for name in ("DTSTART", "DTEND"):
            zone = event[name].params.get("TZID") if name in event else None
            if zone and isinstance(event[name].dt, datetime) and event[name].dt.tzinfo is None:
                message = f"{name}: zone {str(zone)[:40]!r} is unknown, and the calendar does not describe it"
                raise BadLine(message)
        if "DTEND" in event and _instant(event["DTEND"].dt, wall) <= _instant(event["DTSTART"].dt, wall):
            message = "DTEND: is not after DTSTART"
            raise BadLine(message)
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if set(rule.get("FREQ", [])) & set(_OFTEN) or set(rule) & set(_OFTEN_BY):
                message = "RRULE: repeats more than once a day"
                raise BadLine(message)


def _read(events: list[Any], calendar_name: str, wall: WallClock) -> Iterator[Occurrence]:
    if len(events) > MOST_OCCURRENCES:
        message = f"takes place {len(events)} times, more than {MOST_OCCURRENCES}"
        raise BadLine(message)
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        begin_ms, end_ms = _instant(event["DTSTART"].dt, wall), _instant(event["DTEND"].dt, wall)
        attendees = event.get("ATTENDEE", [])
        yield Occurrence(
            begin_ms,
            end_ms,
            str(event.get("SUMMARY", "")),
            _first_category(event),
            str(event.get("LOCATION", "")),
            tuple(_address(one) for one in (attendees if isinstance(attendees, list) else [attendees])),
            calendar_name,
        )


def _first_category(event: Any) -> str:
    categories = event.get("CATEGORIES")
    if isinstance(categories, list):
        categories = categories[0] if categories else None
    return "" if categories is None else str(next(iter(categories.cats), ""))


def _address(attendee: Any) -> str:
    text = str(attendee)
    return text[7:] if text.lower().startswith("mailto:") else text


def _instant(moment: date | datetime, wall: WallClock) -> int:
    """UTC ms. A mere date is its midnight, so that the end of a whole day, which is the day behind it, is exclusive."""
    if not isinstance(moment, datetime):
        return wall.instant((moment - _EPOCH).days, 0)
    if moment.tzinfo is not None:
        return to_ms(moment)
    clock = moment - datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - a time without a zone
    return wall.instant((moment.date() - _EPOCH).days, clock // timedelta(milliseconds=1))
