"""`leitstand kpis`: the numbers at any instant, or by interval."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from commands import money, storing, wiring
from commands.failures import WorkFailed, WrongCall
from commands.printing import show
from config.settings import Settings
from streams.asof import OlderThanLog
from streams.catalogue import KPI, Kpi, Options, Value, compute
from streams.days import from_ms
from streams.history.commits import UnreadableCommit
from streams.history.files import HistoryUnavailable
from streams.log import LogUnavailable
from streams.past import Past
from streams.query import Row, document
from streams.question import Question, WrongQuestion, answer_intervals, answer_windows, edges, question
from streams.reading import Reading
from streams.store import StoreUnavailable

FRESH_MS = 5_000
_SHOWN = {
    "service_level": "SL",
    "reachability": "reach",
    "abandon_rate": "abandon",
    "asa": "ASA",
    "wait_p90": "P90",
    "aht": "AHT",
    "occupancy": "occ.",
}


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Answers the question of the command line on standard output."""
    try:
        asked = question(
            as_of=arguments.as_of,
            windows=arguments.window,
            basis=arguments.basis,
            by=[name for names in arguments.by for name in names.split(",")],
            where=[_pair(text) for text in arguments.where],
            from_=arguments.from_,
            to=arguments.to,
            interval=arguments.interval,
            zone=arguments.zone,
        )
        as_of_ms, rows = answer(asked, settings, data)
    except WrongQuestion as error:
        raise WrongCall(str(error)) from error
    except (LogUnavailable, StoreUnavailable, OlderThanLog, HistoryUnavailable, UnreadableCommit) as error:
        raise WorkFailed(str(error)) from error
    options = wiring.kpi_options(settings)
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.encode(document(as_of_ms, asked.basis, rows, options)) + b"\n")
    else:
        _print(as_of_ms, rows, options, settings.site.zone)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        message = f"--where {text!r} has no value: write DIM=VALUE"
        raise WrongQuestion(message)
    return name, value


def answer(asked: Question, settings: Settings, data: Path) -> tuple[int, list[Row]]:
    """The instant that the answer holds for, and its rows. Without an instant: the live picture while `up` runs."""
    clock_of = wiring.clock_of(settings)
    configured = wiring.configured_cells(settings)
    floor = settings.limits.group_floor
    ledger = money.ledger(settings)
    euros = None if ledger is None else money.Money(ledger, (OlderThanLog,))
    with storing.storage(settings, data) as storage:
        now_ms = wiring.wall_clock_ms() // 1000 * 1000
        history, calendar = wiring.history(settings, data), wiring.calendar(settings)

        def past_at(as_of_ms: int, *, billing: bool) -> Past:
            is_now = asked.as_of_ms is None
            # As the processor does it: who has no contract has no bills, not in the past either.
            billing = billing and money.bills_calls(settings)
            return Past(storage.log.parts, history, calendar, as_of_ms, is_now=is_now, billing=billing)

        def windows(readings: Sequence[Reading], as_of_ms: int) -> list[Row]:
            past = past_at(as_of_ms, billing=True)
            postings = None if euros is None else euros.windows(readings, as_of_ms, past.by_interval)
            return answer_windows(asked, readings, as_of_ms, clock_of, configured, floor, postings)

        if asked.as_of_ms is None and asked.from_ms is None and storage.live:
            picture = storage.store.picture()
            if picture is not None and now_ms - picture.as_of_ms <= FRESH_MS:
                return picture.as_of_ms, windows(picture.readings, picture.as_of_ms)
        as_of_ms = now_ms if asked.as_of_ms is None else asked.as_of_ms
        if asked.from_ms is None:
            return as_of_ms, windows(past_at(as_of_ms, billing=euros is not None).readings(), as_of_ms)
        past = past_at(as_of_ms, billing=False)
        cuts = edges(asked, [*configured, *past.cells()], clock_of)
        counted = past.by_interval(cuts, asked.basis, asked.where.get("hotline", ()))
        if euros is None:
            return as_of_ms, answer_intervals(asked, cuts, counted, configured, floor)
        postings = euros.intervals(cuts, as_of_ms, past_at(as_of_ms, billing=True).by_interval)
        return as_of_ms, answer_intervals(
            asked,
            cuts,
            counted,
            configured,
            floor,
            postings,
            lambda end_ms: euros.is_provisional(end_ms, as_of_ms),
        )


def _print(as_of_ms: int, rows: list[Row], options: Options, zone: str) -> None:
    by = list(rows[0].by) if rows else []
    columns = [*by, "span", "from", "offered", *_SHOWN.values()]
    show(
        columns,
        (
            [*row.by.values(), row.span, f"{from_ms(row.start_ms, zone):%m-%d %H:%M}", str(row.sums["offered"])]
            + [_text(KPI[name], compute(KPI[name], row.sums, row.cells, options)) for name in _SHOWN]
            for row in rows
        ),
        left=len(by) + 2,
        title=f"as of {from_ms(as_of_ms, zone):%Y-%m-%d %H:%M:%S %Z}",
    )


def _text(kpi: Kpi, value: Value) -> str:
    if value.value is None:
        return {"not_supplied": "n/s", "suppressed": "few"}.get(value.why or "", "-")
    match kpi.unit:
        case "share":
            return f"{value.value * 100:.1f} %"
        case "seconds":
            return f"{value.value:.1f} s"
        case "count":
            return f"{value.value:.0f}"
        case "number":
            return f"{value.value:.2f}"
