"""A story through the running core: settings, facts, pipeline, ledger and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from commands import money, wiring
from config.settings import Settings, load
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.query import Row, interval_rows, window_rows
from streams.reading import Sums
from streams.records import (
    Arrived,
    Attempted,
    Cell,
    Ended,
    Fact,
    Handled,
    Ordered,
    Outcome,
    Plan,
    Rostered,
    Told,
    Work,
    Worked,
    identify,
)
from tests.money.story import Question, Shift, Story, toml

_TOLD = {
    "nothing": Told.NOTHING,
    "contact": Told.HUMAN | Told.RIGHT_PARTY,
    "success": Told.HUMAN | Told.RIGHT_PARTY | Told.SUCCESS,
}


def settings_of(story: Story, folder: Path) -> Settings:
    """The settings of a story, checked as those of a user."""
    file = folder / "leitstand.toml"
    file.write_text(toml(story), encoding="utf-8")
    return load(file, {})


def facts(story: Story, settings: Settings) -> Iterator[Fact]:
    """What collectors would make of it."""
    campaign = wiring.campaign_cell_of(settings)
    for number, call in enumerate(story.calls):
        queue = settings.queues[call.hotline + call.provider]
        cell = Cell(call.hotline, queue.provider, project=queue.project, client=queue.client)
        visit = identify("call", number)
        yield Arrived(visit, call.at_ms, cell)
        yield Ended(visit, call.at_ms, Outcome.ANSWERED)
        yield Handled(visit, call.end_ms, call.talk_ms)
    for number, attempt in enumerate(story.attempts):
        yield Attempted(
            identify("attempt", number), attempt.at_ms, campaign(attempt.campaign), int(_TOLD[attempt.said])
        )
    for number, order in enumerate(story.orders):
        cell = wiring.order_cell_of(settings)(
            "", order.place if order.place.startswith("K") else "", "" if order.place.startswith("K") else order.place
        )
        cancels = identify("the order before", number) if order.cancels else b""
        yield Ordered(identify("order", number), order.at_ms, cell, cancels, order.cents, order.currency)
    for number, shift in enumerate(story.shifts):
        for person in range(shift.persons):
            if shift.what != "agents":
                yield _rostered(number, person, shift)
                continue
            agent, home = identify("agent", number, person), Cell("", team=shift.team)
            for place, (at_ms, work) in enumerate(((shift.from_ms, Work.JOINED), (shift.to_ms, Work.LEFT))):
                yield Worked(agent, at_ms, work, place, agent, Cell(""), home)


def _rostered(number: int, person: int, shift: Shift) -> Rostered:
    # The persons of a team are the same in all its shifts.
    agent, cell = identify("planned", shift.team, person), Cell("", team=shift.team, family="shifts")
    plan = {"planned": Plan.WORK, "absent": Plan.ABSENT}[shift.what]
    return Rostered(identify("row", number, person), shift.from_ms, shift.to_ms, agent, cell, plan)


def rows_of(story: Story, question: Question, folder: Path) -> list[Row]:
    """The rows of the answer as they are read at the end of what is asked for."""
    settings = settings_of(story, folder)
    ledger = money.ledger(settings)
    assert ledger is not None
    clock_of = wiring.clock_of(settings)
    pipeline = Pipeline(Engine(question.from_ms - 70 * 86_400_000, clock_of), billing=True)
    batch = Batch("story", 1, question.to_ms, Tally(), list(facts(story, settings)))
    pipeline.apply(encode(batch))
    pipeline.tick(question.to_ms)

    def between(edges: list[int]) -> Mapping[Cell, Sequence[Sums]]:
        return pipeline.by_interval(edges)

    by = [question.by] if question.by else []
    configured = wiring.configured_cells(settings)
    if question.kind in ("30m", "today"):
        readings = pipeline.readings()
        postings = money.Money(ledger).windows(readings, question.to_ms, between)
        window = "30m" if question.kind == "30m" else "day"
        return window_rows(
            readings,
            as_of_ms=question.to_ms,
            day_start=lambda _: question.from_ms,
            by=by,
            windows=(window,),
            configured=configured,
            postings=postings,
        )
    edges = [question.from_ms, question.to_ms]
    return interval_rows(
        between(edges),
        edges,
        "total",
        by=by,
        configured=configured,
        postings=money.Money(ledger).intervals(edges, question.to_ms, between),
        provisional=lambda end_ms: ledger.is_provisional(end_ms, question.to_ms),
    )
