"""A column map, bound to the columns of one file: what a row says about times, lengths and cases (pure).

Everything is looked up once, when the map is bound; reading a row then calls closures on its cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from collectors.clocks import Readings
from collectors.columns.language import Case, ColumnMap, Condition, Length, Moment, Time
from collectors.contract import LONGEST_MS, BadLine
from collectors.wall_clock import DAY_MS, WallClock

Row = Sequence[str]
Test = Callable[[Row], bool]
Number = Callable[[Row], int]
_MOST_ANSWERS = 10_000
_HALF_A_DAY_MS = DAY_MS // 2
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9]):([0-5][0-9])")


class Readers:
    """What is remembered across files: the zone's days and the texts already read."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.wall = WallClock(zone)
        self._of_format: dict[str, Readings] = {}

    def of(self, format_: str) -> Readings:
        """What texts of this format say."""
        if format_ not in self._of_format:
            self._of_format[format_] = Readings(format_)
        return self._of_format[format_]


class Evening:
    """The day of a row and where its next one begins, worked out once for all clock times of the row."""

    def __init__(
        self, date_column: int, read_date: Readings, first_column: int, read_first: Readings, wall: WallClock
    ) -> None:
        self._date_column, self._read_date = date_column, read_date
        self._first_column, self._read_first = first_column, read_first
        self._wall = wall
        self.row: Row | None = None
        self.day = 0
        self.today_ms: int | None = None
        self.tomorrow_ms: int | None = None
        self.tomorrow_before_ms = 0

    def of(self, row: Row) -> None:
        """Turns to this row. Clock times before `tomorrow_before_ms` belong to the next day."""
        day = self._read_date[row[self._date_column]].day
        first_ms = self._read_first[row[self._first_column]].clock_ms
        assert day is not None
        assert first_ms is not None
        self.row, self.day, self.tomorrow_before_ms = row, day, first_ms - _HALF_A_DAY_MS
        self.today_ms, self.tomorrow_ms = self._wall.midnight(day), self._wall.midnight(day + 1)


class Binding:
    """A column map bound to a header. Raises `BadLine` where the header lacks a column or has it twice."""

    def __init__(self, column_map: ColumnMap, readers: Readers, names: Sequence[str]) -> None:
        used = column_map.used_columns()
        missing = sorted(name for name in used if name not in names)
        if missing:
            message = f"columns changed: {', '.join(missing)} missing"
            raise BadLine(message)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            message = f"columns changed: {', '.join(twice)} twice"
            raise BadLine(message)
        self._map = column_map
        self._readers = readers
        self.names = tuple(names)
        self._at: Mapping[str, int] = {name: index for index, name in enumerate(names)}
        self.width = len(names)
        self.key = tuple(self._at[name] for name in column_map.key)
        self.hotline = self._at[column_map.hotline] if column_map.hotline else None
        self.campaign = self._at[column_map.campaign] if column_map.campaign else None
        self.attempts = self._at[column_map.attempts] if column_map.attempts else None
        self.disposition = self._at[column_map.disposition] if column_map.disposition else None
        self.lead = tuple(self._at[name] for name in column_map.lead)
        self.agent = self._at[column_map.agent] if column_map.agent else None
        self._evenings: dict[tuple[int, str], Evening] = {}
        self._times = {name: self._time(time) for name, time in column_map.times.items()}
        self._rules: list[tuple[Test, str | BoundCase]] = [
            (self._test(skip.when), skip.reason) for skip in column_map.skips
        ]
        self._rules += [(self._test(case.when), self._case(case)) for case in column_map.cases]
        conditions = [skip.when for skip in column_map.skips] + [case.when for case in column_map.cases]
        self._asked = sorted({self._at[name] for condition in conditions for name in condition.columns})
        self._legs = [self._leg(name) for name in column_map.legs]
        self._answers: dict[tuple[object, ...], str | BoundCase | None] = {}

    def rule(self, row: Row) -> str | BoundCase | None:
        """The reason for which the row is skipped, else its case; None where no case fits."""
        # Rules see only these cells and which legs are there, and few combinations of them ever occur.
        asked = (
            *[row[column] for column in self._asked],
            *[row[start] not in absent or row[exit_] not in absent for start, exit_, absent in self._legs],
        )
        if asked not in self._answers:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[asked] = next((rule for holds, rule in self._rules if holds(row)), None)
        return self._answers[asked]

    def _case(self, case: Case) -> BoundCase:
        return BoundCase(
            case,
            self._moment(case.arrival),
            self._moment(case.end),
            self._length(case.talk),
            self._length(case.hold),
            self._length(case.acw),
            self._moment(case.handled),
        )

    def _time(self, time: Time) -> Number:
        column, read, wall = self._at[time.column], self._readers.of(time.format), self._readers.wall
        if time.date:
            return self._clock(time, column, read)
        after = self._time(self._map.times[time.after]) if time.after else None

        def stated(row: Row) -> int:
            said = read[row[column]]
            if said.instant_ms is not None:
                return said.instant_ms
            assert said.day is not None
            if said.offset_ms is not None:
                return said.day * DAY_MS + (said.clock_ms or 0) - said.offset_ms
            return wall.instant(said.day, said.clock_ms or 0, after(row) if after else None)

        return stated

    def _clock(self, time: Time, column: int, read: Readings) -> Number:
        """A clock time on a date of its own column; long before `after` it belongs to the next day."""
        wall, date_column, read_date = self._readers.wall, self._at[time.date], self._readers.of(time.date_format)
        first = self._map.times.get(time.after)
        if first is None or not first.date:
            after = self._time(first) if first else None

            def alone(row: Row) -> int:
                day, clock_ms = read_date[row[date_column]].day, read[row[column]].clock_ms
                assert day is not None
                assert clock_ms is not None
                return wall.instant(day, clock_ms, after(row) if after else None)

            return alone
        evening = self._evening(date_column, read_date, first)
        first_instant = self._time(first)

        def rolled(row: Row) -> int:
            if evening.row is not row:
                evening.of(row)
            clock_ms = read[row[column]].clock_ms
            assert clock_ms is not None
            tomorrow = clock_ms < evening.tomorrow_before_ms
            midnight_ms = evening.tomorrow_ms if tomorrow else evening.today_ms
            if midnight_ms is not None:
                return midnight_ms + clock_ms
            return wall.instant(evening.day + tomorrow, clock_ms, first_instant(row))

        return rolled

    def _evening(self, date_column: int, read_date: Readings, first: Time) -> Evening:
        key = date_column, first.column
        if key not in self._evenings:
            read_first = self._readers.of(first.format)
            self._evenings[key] = Evening(
                date_column, read_date, self._at[first.column], read_first, self._readers.wall
            )
        return self._evenings[key]

    def _moment(self, moment: Moment | None) -> Number | None:
        if moment is None:
            return None
        times = [self._times[name] for name in moment.times]
        plus = [self._duration(name) for name in moment.plus]
        minus = [self._duration(name) for name in moment.minus]
        if len(times) == 1 and not plus and not minus:
            return times[0]

        def latest(row: Row) -> int:
            at_ms = max(time(row) for time in times)
            return at_ms + sum(length(row) for length in plus) - sum(length(row) for length in minus)

        return latest

    def _length(self, length: Length | None) -> Number | None:
        if length is None:
            return None
        if length.name in self._map.durations:
            return self._duration(length.name)
        leg = self._map.legs.get(length.name)
        start = self._times[leg.start if leg else length.start]
        exit_ = self._times[leg.exit if leg else length.exit]
        return lambda row: exit_(row) - start(row)

    def _duration(self, name: str) -> Number:
        duration = self._map.durations[name]
        column, unit_ms = self._at[duration.column], duration.unit_ms
        mark = re.escape(self._map.decimal)
        number = re.compile(rf"([0-9]{{1,9}})(?:{mark}([0-9]{{1,9}}))?")

        def read(row: Row) -> int:
            text = row[column]
            length_ms = -1
            if unit_ms == 0:
                if match := _CLOCK.fullmatch(text):
                    hours, minutes, seconds = map(int, match.groups())
                    length_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
            elif match := number.fullmatch(text):
                fraction = match[2] or "0"
                length_ms = int(match[1]) * unit_ms + int(fraction) * unit_ms // 10 ** len(fraction)
            if not 0 <= length_ms <= LONGEST_MS:
                message = f"{self.names[column]}: {text[:40]!r} is no length from 0 to a day"
                raise BadLine(message)
            return length_ms

        return read

    def _test(self, condition: Condition) -> Test:
        texts = [(self._at[name], frozenset(values)) for name, values in condition.columns.items()]
        legs = [(*self._leg(name), True) for name in condition.present]
        legs += [(*self._leg(name), False) for name in condition.absent]

        def holds(row: Row) -> bool:
            for column, values in texts:
                if row[column] not in values:
                    return False
            for start, exit_, absent, wanted in legs:
                if (row[start] not in absent or row[exit_] not in absent) != wanted:
                    return False
            return True

        return holds

    def _leg(self, name: str) -> tuple[int, int, frozenset[str]]:
        leg = self._map.legs[name]
        start, exit_ = self._map.times[leg.start].column, self._map.times[leg.exit].column
        return self._at[start], self._at[exit_], frozenset(leg.absent)


class BoundCase:
    """A case whose times and lengths can be asked of a row."""

    def __init__(
        self,
        case: Case,
        arrival: Number | None,
        end: Number | None,
        talk: Number | None,
        hold: Number | None,
        acw: Number | None,
        handled: Number | None,
    ) -> None:
        self.result = case.result
        self.transferred = case.transferred
        self.arrival = arrival
        self.end = end
        self.talk = talk
        self.hold = hold
        self.acw = acw
        self.handled = handled
