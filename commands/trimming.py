"""The log is trimmed only behind the history."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from commands import wiring
from commands.failures import WorkFailed
from config.settings import Settings
from streams.history.commits import UnreadableCommit
from streams.history.files import HistoryUnavailable
from streams.log import START

_logger = logging.getLogger("history")


def trim_behind_the_history(
    settings: Settings, data: Path, number: int, trim: Callable[[int, str], object]
) -> Callable[[int, str], None]:
    """What the history has not committed stays in the log, however old it is.

    `trim(before_ms, position)` deletes what part `number` of the log took in before, nothing behind the position.
    """

    def bounded(now_ms: int, position: str) -> None:
        try:
            committed = wiring.history(settings, data).contents(number).position
        except (HistoryUnavailable, UnreadableCommit, WorkFailed) as error:
            _logger.warning("event log not trimmed, next try in an hour: %s", error)
            return
        if committed != START:
            trim(now_ms - settings.storage.log_hours * 3_600_000, min(position, committed, key=_order))

    return bounded


def _order(position: str) -> list[int]:
    """Positions of either log in its order: numbers, or numbers in a row."""
    return [int(number) for number in position.split("-")]
