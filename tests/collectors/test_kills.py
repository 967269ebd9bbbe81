"""Kills and failures at random moments: nothing lost, nothing twice, whatever was going on."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from msgspec import structs

from streams.log import LogFull, LogUnavailable
from streams.records import AtTheDoor, Fact, Handled, Worked
from tests.collectors.bench import NOW_MS, Bench, write
from tests.collectors.shaky import Killed, shaky_bench


def history(seed: int, calls: int = 60) -> list[str]:
    """A plausible queue_log with every kind of line, broken ones too."""
    chance = random.Random(seed)
    events: list[tuple[int, str]] = []
    start = NOW_MS // 1000 - 7_200
    for number in range(calls):
        at, queue, agent = start + chance.randrange(6_000), f"q{chance.randrange(3)}", f"agent {chance.randrange(5)}"
        call = f"{at}.{number % 40}"
        events.append((at, f"{at}|{call}|{queue}|NONE|ENTERQUEUE||0|1"))
        wait, talk = chance.randrange(60), chance.randrange(200)
        kind = chance.randrange(6)
        if kind <= 2:
            events.append((at + wait, f"{at + wait}|{call}|{queue}|{agent}|CONNECT|{wait}|x|2"))
            done = at + wait + talk
            name = "COMPLETEAGENT" if kind else "COMPLETECALLER"
            events.append((done, f"{done}|{call}|{queue}|{agent}|{name}|{wait}|{talk}|1"))
            wraps = done - number % 2  # every other time before the end of the talk
            events.append((wraps, f"{wraps}|{call}|{queue}|{agent}|WRAPUPSTART|{talk % 7}"))
        elif kind == 3:
            events.append((at + wait, f"{at + wait}|{call}|{queue}|NONE|ABANDON|1|1|{wait}"))
            events.append((at + wait, f"{at + wait}|{call}|{queue}|NONE|EXITEMPTY|1|1|{wait}"))
        elif kind == 4:
            events.append((at + wait, f"{at + wait}|NONE|NONE|NONE|{chance.choice(['QUEUESTART', 'MINE'])}|"))
            events.append((at + wait, f"{at + wait}|{call}|{queue}|NONE|FULL|"))
        else:
            events.append((at + wait, f"broken line {number} |||"))
    return [line for _, line in sorted(events)]


def straight(folder: Path, lines: list[str]) -> Bench:
    """The same lines in one undisturbed go."""
    bench = Bench(folder)
    write(folder / "straight", *lines)
    bench.run.follow(folder / "straight")
    bench.drain()
    return bench


@pytest.mark.parametrize("seed", range(8))
def test_kills_and_failures_at_random_moments_change_nothing(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.ingest.BATCH_LINES", 7)
    monkeypatch.setattr("collectors.ingest.REMEMBER_MS", 3_000)
    chance = random.Random(seed)
    lines = history(seed)
    truth = straight(tmp_path, lines)
    bench, log = shaky_bench(tmp_path / "shaky")
    path = tmp_path / "queue_log"
    failures: list[tuple[str, BaseException] | None] = [
        ("before", Killed()),
        ("after", Killed()),
        ("before", LogUnavailable("gone")),
        ("after", LogUnavailable("no answer")),
        ("before", LogFull("full")),
        None,
        None,
    ]
    kills = 0
    bench.run.follow(path)
    for number, line in enumerate(lines):
        write(path, line)
        if number == len(lines) // 2:
            path.rename(tmp_path / "queue_log.1")
        log.plan = [chance.choice(failures)]
        bench.now_ms += 700
        try:
            for _ in range(3):
                bench.run.step(bench.now_ms)
                bench.now_ms += 200
        except Killed:
            kills += 1
            bench.restart().follow(path)
    log.plan = []
    bench.now_ms += 10_000
    bench.settle()
    assert kills > 3
    assert calls(bench.facts()) == renamed_doors(truth, bench)
    assert people(bench.facts()) == people(truth.facts())
    assert bench.tally() == truth.tally()
    assert {letter.data for letter in bench.letters.all()} == {letter.data for letter in truth.letters.all()}
    assert len(bench.letters.all()) == truth.tally().dead


def calls(facts: list[Fact]) -> list[Fact]:
    """What is told of calls. In a batch it stands before what is told of people."""
    return [fact for fact in facts if not isinstance(fact, Worked)]


def people(facts: list[Fact]) -> list[Worked]:
    """What is told of people, but for the places of the lines: the file's parts begin anew."""
    return [structs.replace(fact, place=0) for fact in facts if isinstance(fact, Worked)]


def renamed_doors(truth: Bench, other: Bench) -> list[Fact]:
    """The true facts; ids at the door are those of `other`, since they hang on the file's parts, which differ."""
    doors = [fact.visit for fact in other.facts() if isinstance(fact, AtTheDoor)]
    assert len(set(doors)) == len(doors)
    ids = iter(doors)
    return [
        AtTheDoor(next(ids), fact.at_ms, fact.door, fact.cell) if isinstance(fact, AtTheDoor) else fact
        for fact in calls(truth.facts())
    ]


EARLY_WRAP = (
    "1|c|q|NONE|ENTERQUEUE||0|1",
    "5|c|q|Anna|CONNECT|4|x|1",
    "60|c|q|Anna|WRAPUPSTART|9",
    "60|c|q|Anna|COMPLETEAGENT|4|55|1",
    "70|d|q|NONE|ENTERQUEUE||0|1",
)


@pytest.mark.parametrize("rotated", [False, True])
@pytest.mark.parametrize("remembered_behind", range(4))
def test_after_call_work_before_the_end_of_its_talk_survives_a_kill_between_the_two(
    tmp_path: Path, remembered_behind: int, rotated: bool
) -> None:
    start = NOW_MS // 1000 - 600
    lines = [f"{start + int(line.partition('|')[0])}|{line.partition('|')[2]}" for line in EARLY_WRAP]
    truth = straight(tmp_path, lines)
    assert [fact.acw_ms for fact in truth.facts() if isinstance(fact, Handled)] == [None, 9_000]
    bench, _ = shaky_bench(tmp_path / "shaky")
    path = tmp_path / "queue_log"
    bench.run.follow(path)
    for number, line in enumerate(lines):
        write(path, line)
        bench.drain()
        if number == remembered_behind:
            bench.run._remember(bench.now_ms)  # the saved state is of here, however much later the kill comes
        if rotated and number == 2:
            path.rename(tmp_path / "queue_log.1")
            write(path, f"{start + 60}|d|q|NONE|ENTERQUEUE||0|1")
            bench.drain()
            (tmp_path / "queue_log.1").unlink()
        bench.restart().follow(path)
    bench.drain()
    assert [fact for fact in bench.facts() if isinstance(fact, Handled)] == [
        fact for fact in truth.facts() if isinstance(fact, Handled)
    ]
    assert bench.tally().conflicts == truth.tally().conflicts


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_replay_that_was_killed_is_finished_by_the_next(tmp_path: Path, moment: str) -> None:
    bench, log = shaky_bench(tmp_path / "data", "columns")
    path = tmp_path / "calls.csv"
    rows = [f"{n};Verkauf;2025-10-08 10:00:00;2025-10-08 10:01:00;5;LOST;-" for n in range(5_000)]
    write(path, "id;line;start;end;wait;outcome;agent", *rows)
    log.plan = [None, (moment, Killed())]
    bench.run.replay([path])
    with pytest.raises(Killed):
        bench.drain()
    first = bench.tally().counted
    assert 0 < first < 5_000
    bench.restart()
    bench.replay(path)
    tally = bench.tally()
    assert (tally.counted, tally.duplicate) == (5_000, first)
