"""The shifts collector: its recorded cases, and a file that is replaced, read again, or written at the moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.contract import BadOptions
from collectors.registry import COLLECTORS
from collectors.shifts.parse import read_options
from collectors.whole_file import SETTLES_MS
from streams.records import Plan, Rostered
from tests.collectors.bench import NOW_MS, Bench, changed_at, parser_of
from tests.collectors.stories import expected, inputs, told

CASES = Path(__file__).parents[3] / "collectors" / "shifts" / "cases"
OPTIONS: dict[str, dict[str, object]] = {
    "times": {"queue": "queue", "ignored": ["training"]},
    "days": {"time_format": "%Y-%m-%d"},
    "hours": {
        "person": "ID",
        "from": "",
        "to": "",
        "kind": "",
        "means": "absent",
        "hours": "Hours",
        "decimal": ",",
        "undated": "2025-03-20",
    },
}
HEADER = "person,from,to,kind"


def shift(person: str, day: int, kind: str = "work") -> str:
    return f"{person},2025-10-{day:02} 08:00,2025-10-{day:02} 16:00,{kind}"


class Planner:
    """Another program that replaces the file; the feed reads it from then on."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder / "data", "shifts", {})
        self.path = folder / "shifts.csv"
        self.follow()

    def follow(self) -> None:
        self.bench.run.read_from(read_options({}).whole_source(self.path))

    def replaces(self, *rows: str, header: str = HEADER) -> None:
        beside = self.path.with_name("beside")
        beside.write_text("\n".join([header, *rows, ""]), "utf-8")
        changed_at(beside, self.bench.now_ms)
        beside.replace(self.path)
        self.reads()

    def reads(self) -> None:
        self.bench.drain()
        self.bench.now_ms += SETTLES_MS
        self.bench.drain()

    def standing(self) -> list[tuple[int, str]]:
        """Day of October and plan of every row that stands."""
        last: dict[tuple[bytes, int], Rostered] = {}
        for fact in self.bench.facts():
            if isinstance(fact, Rostered):
                key = fact.entry, fact.at_ms
                if key not in last or last[key].version < fact.version:
                    last[key] = fact
        day_ms = 86_400_000
        first_ms = 1_759_276_800_000
        return sorted(
            ((fact.at_ms - first_ms) // day_ms + 1, fact.plan.name.lower())
            for fact in last.values()
            if fact.plan is not Plan.WITHDRAWN
        )


@pytest.mark.parametrize("name", OPTIONS)
def test_the_recorded_cases(name: str) -> None:
    case = expected(CASES / f"{name}.txt")
    assert told(parser_of("shifts", OPTIONS[name]), inputs(case)) == case


def test_a_new_version_replaces_the_old_one(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    planner.replaces(shift("A", 9), shift("A", 10), shift("B", 10))
    assert planner.standing() == [(9, "work"), (10, "work"), (10, "work")]
    planner.replaces(shift("A", 9), shift("A", 11), shift("B", 10), shift("B", 10, "sick"))
    assert planner.standing() == [(9, "work"), (10, "absent"), (10, "work"), (11, "work")]
    assert (planner.bench.tally().received, planner.bench.tally().counted) == (5, 5)


def test_a_version_that_begins_later_leaves_the_past_alone(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    planner.replaces(shift("A", 2), shift("A", 3), shift("A", 9))
    planner.replaces(shift("A", 8), shift("A", 10))
    assert [day for day, _ in planner.standing()] == [2, 3, 8, 10]
    planner.replaces(shift("A", 9))
    assert [day for day, _ in planner.standing()] == [2, 3, 8, 9]


@pytest.mark.parametrize("clean", [True, False])
def test_the_same_file_read_again_changes_nothing_also_after_a_restart(tmp_path: Path, clean: bool) -> None:
    planner = Planner(tmp_path)
    planner.replaces(shift("A", 9), shift("A", 9), shift("B", 10), "B,x,y,work")
    before, facts = planner.bench.tally(), planner.bench.facts()
    assert (before.received, before.counted, before.dead) == (4, 3, 1)
    planner.replaces(shift("A", 9), shift("A", 9), shift("B", 10), "B,x,y,work")
    planner.bench.restart(clean=clean)
    planner.follow()
    planner.reads()
    assert planner.bench.tally() == before
    assert planner.bench.facts() == facts
    planner.replaces(shift("A", 9), shift("B", 10))
    assert [day for day, _ in planner.standing()] == [9, 10]


def test_a_row_that_comes_back_stands_again(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    for rows in ([shift("A", 9), shift("A", 10)], [shift("A", 9)], [shift("A", 9), shift("A", 10)]):
        planner.replaces(*rows)
    assert [day for day, _ in planner.standing()] == [9, 10]


def test_nothing_is_withdrawn_by_a_version_that_cannot_be_read(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    planner.replaces(shift("A", 9))
    planner.replaces("A;x;y;z", header="person;from;to;kind")
    assert planner.bench.run.trouble.startswith("columns changed")
    planner.replaces()
    planner.path.unlink()
    planner.reads()
    assert "there is no such file" in planner.bench.run.trouble
    assert planner.standing() == [(9, "work")]
    planner.replaces(shift("A", 9), shift("A", 10))
    assert not planner.bench.run.trouble
    assert [day for day, _ in planner.standing()] == [9, 10]


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    planner.replaces(shift("A", 9), shift("A", 10))
    planner.path.write_text(f"{HEADER}\n{shift('A', 9)}\n", "utf-8")
    changed_at(planner.path, planner.bench.now_ms)
    planner.bench.drain()
    planner.path.write_text(f"{HEADER}\n{shift('A', 9)}\n{shift('A', 10)}\n", "utf-8")
    changed_at(planner.path, planner.bench.now_ms + 1)
    planner.reads()
    assert [fact.plan for fact in planner.bench.facts() if isinstance(fact, Rostered)] == [Plan.WORK, Plan.WORK]


def test_what_begins_after_now_is_no_last_event_and_what_lies_in_closed_days_is_late(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    planner.replaces(shift("A", 1), shift("A", 9), shift("A", 30))
    assert (planner.bench.tally().late, planner.bench.tally().counted) == (1, 2)
    newest = max(batch.last_event_ms for batch in planner.bench.batches() if batch.last_event_ms is not None)
    assert newest < NOW_MS


def test_neither_names_nor_kinds_of_absence_leave_the_collector(tmp_path: Path) -> None:
    planner = Planner(tmp_path)
    planner.replaces(shift("Erika Mustermann", 9), shift("Erika Mustermann", 9, "Krankmeldung"))
    written = b"".join(entry.payload for entry in planner.bench.memory.parts[0].read("0", 1_000))
    assert b"Muster" not in written
    assert b"Krank" not in written


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"person": ""}, "person"),
        ({"kind": ""}, "means"),
        ({"means": "work"}, "means"),
        ({"from": ""}, "from"),
        ({"to": ""}, "to"),
        ({"undated": "2025-13-01"}, "undated"),
        ({"time_format": "%H:%M"}, "time_format"),
    ],
)
def test_faults_in_the_settings_are_named(options: dict[str, object], key: str) -> None:
    with pytest.raises(BadOptions) as caught:
        COLLECTORS["shifts"].read_options(options)
    assert key in [fault.place[0] for fault in caught.value.faults]
