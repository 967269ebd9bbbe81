"""The ics collector: its recorded cases, how a file is cut into series, and a file that is replaced and read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collectors.contract import BadOptions, SourceTrouble
from collectors.ics.cut import cut_series
from collectors.ics.parse import AGAIN_MS, read_options
from collectors.registry import COLLECTORS
from collectors.whole_file import SETTLES_MS
from streams.records import Plan, Rostered
from tests.collectors.bench import Bench, changed_at, parser_of, pseudonym
from tests.collectors.stories import expected, inputs, told

CASES = Path(__file__).parents[3] / "collectors" / "ics" / "cases"
DAY_MS = 86_400_000


def event(uid: str, *lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def work(uid: str, day: str, *more: str, person: str = "Anna") -> str:
    times = (f"DTSTART:{day}T080000", f"DTEND:{day}T160000")
    return event(uid, f"SUMMARY:{person}", "CATEGORIES:work", *times, *more)


def calendar(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "X-WR-CALNAME:Team A", *events, "END:VCALENDAR", ""])


def test_the_recorded_cases() -> None:
    case = expected(CASES / "series.txt")
    assert told(parser_of("ics", {}), inputs(case)) == case


def test_a_file_is_cut_into_series_each_with_what_it_needs() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:House\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    folded = "BEGIN:VEVENT\r\nUID:a very long\r\n  name\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT"
    content = calendar(zone, folded, event("b"), "BEGIN:VTODO\r\nUID:c\r\nEND:VTODO", folded, event("b;X"))
    lines = cut_series(content.encode())
    texts = [json.loads(line.data) for line in lines]
    assert [text.count("BEGIN:VEVENT") for text in texts] == [2, 1, 1]
    assert all("TZID:House" in text and "X-WR-CALNAME:Team A" in text for text in texts)
    assert [(line.position, line.end) for line in lines] == [(0, 1), (1, 2), (2, 3)]
    assert cut_series(content.replace("\r\n", "\n").encode())[0] == lines[0]


@pytest.mark.parametrize("content", ["", "<html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n", "END:VCALENDAR"])
def test_half_a_calendar_is_none(content: str) -> None:
    with pytest.raises(SourceTrouble, match="half one"):
        cut_series(content.encode())


def test_an_event_that_is_not_utf_8_is_dead_and_the_others_are_read() -> None:
    good, bad = cut_series(
        calendar(work("a", "20251009"), work("b", "20251009", person="J?rgen")).encode().replace(b"?", b"\xfc")
    )
    assert (good.fault, bad.fault[:9]) == ("", "not utf-8")


def test_a_calendar_in_the_encoding_of_an_old_program_is_read() -> None:
    content = calendar(work("a", "20251009", person="Jürgen"), work("b", "20251009", person="J?")).encode("cp1252")
    good, bad = cut_series(content.replace(b"?", b"\x81"), "cp1252")
    assert (good.fault, bad.fault[:10]) == ("", "not cp1252")
    assert "SUMMARY:Jürgen" in json.loads(good.data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_by_its_name(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    with pytest.raises(SourceTrouble, match="UTF-16"):
        cut_series(mark + calendar(work("a", "20251009")).encode(encoding))


class Planner:
    """Another program that replaces the file; the feed reads it from then on."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.bench = Bench(folder / "data", "ics", options)
        self.options = options
        self.path = folder / "shifts.ics"
        self.follow()

    def follow(self) -> None:
        self.bench.run.read_from(read_options(self.options).whole_source(self.path))

    def replaces(self, *events: str) -> None:
        self.path.write_text(calendar(*events), "utf-8", newline="")
        changed_at(self.path, self.bench.now_ms)
        self.reads()

    def reads(self) -> None:
        self.bench.drain()
        self.bench.now_ms += SETTLES_MS
        self.bench.drain()

    def read(self) -> int:
        """How many series said something new, in closed days or not."""
        return self.bench.tally().counted + self.bench.tally().late

    def days(self) -> list[int]:
        """The days of October (UTC) on which something stands."""
        last: dict[tuple[bytes, int], Rostered] = {}
        for fact in self.bench.facts():
            if isinstance(fact, Rostered):
                key = fact.entry, fact.at_ms
                if key not in last or last[key].version < fact.version:
                    last[key] = fact
        stand = [fact for fact in last.values() if fact.plan is not Plan.WITHDRAWN]
        return sorted((fact.at_ms - 1_759_276_800_000) // DAY_MS + 1 for fact in stand)


def test_what_is_moved_left_out_or_gone_is_withdrawn(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    daily = work("a", "20251008", "RRULE:FREQ=DAILY;COUNT=4")
    planner.replaces(daily, work("b", "20251020"))
    assert planner.days() == [8, 9, 10, 11, 20]
    moved = work("a", "20251014", "RECURRENCE-ID:20251010T080000")
    planner.replaces(work("a", "20251008", "RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20251008T080000"), moved)
    assert planner.days() == [9, 11, 14]
    assert (planner.bench.tally().received, planner.read()) == (3, 3)


def test_the_same_file_changes_nothing_and_a_restart_neither(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    events = (work("a", "20251008", "RRULE:FREQ=DAILY;COUNT=3"), work("b", "20251001"), work("c", "2025100"))
    planner.replaces(*events)
    tally, facts = planner.bench.tally(), planner.bench.facts()
    assert (tally.received, planner.read(), tally.skipped, tally.dead) == (3, 1, 1, 1)
    planner.replaces(*events)
    planner.bench.restart()
    planner.follow()
    planner.reads()
    assert (planner.bench.tally(), planner.bench.facts()) == (tally, facts)


def test_days_that_come_nearer_are_read_although_the_file_does_not_change(tmp_path: Path) -> None:
    planner = Planner(tmp_path, ahead_days=2)
    planner.replaces(work("a", "20251008", "RRULE:FREQ=DAILY"))
    assert planner.days() == [8, 9, 10]
    planner.bench.now_ms += DAY_MS
    planner.bench.drain()
    assert planner.days() == [8, 9, 10, 11]
    planner.bench.now_ms += AGAIN_MS
    planner.bench.drain()
    assert planner.read() == 2


def test_half_a_file_leaves_what_stood(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    planner.replaces(work("a", "20251009"))
    planner.path.write_text(calendar(work("b", "20251010"))[:80], "utf-8")
    changed_at(planner.path, planner.bench.now_ms)
    planner.reads()
    assert "half one" in planner.bench.run.trouble
    assert planner.days() == [9]
    planner.replaces(work("b", "20251010"))
    assert not planner.bench.run.trouble
    assert planner.days() == [10]


@pytest.mark.parametrize(
    ("person", "names"),
    [("summary", ["Anna"]), ("attendee", ["a@x.de", "b@x.de"]), ("calendar_name", ["Team A"])],
)
def test_whom_an_event_speaks_of(tmp_path: Path, person: str, names: list[str]) -> None:
    planner = Planner(tmp_path, person=person, location_is_queue=True, means="work")
    planner.replaces(work("a", "20251009", "ATTENDEE:mailto:a@x.de", "ATTENDEE:MAILTO:b@x.de", "LOCATION:Service"))
    facts = [fact for fact in planner.bench.facts() if isinstance(fact, Rostered)]
    assert [fact.agent for fact in facts] == [pseudonym(name) for name in names]
    assert {fact.cell.hotline for fact in facts} == {"Service"}


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"person": "uid"}, "person"),
        ({"means": "both"}, "means"),
        ({"back_days": 0}, "back_days"),
        ({"path": ""}, "path"),
    ],
)
def test_faults_in_the_settings_are_named(options: dict[str, object], key: str) -> None:
    with pytest.raises(BadOptions) as caught:
        COLLECTORS["ics"].read_options(options)
    assert [fault.place[0] for fault in caught.value.faults] == [key]
