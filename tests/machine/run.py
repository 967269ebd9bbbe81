"""Runs the machine: so many lives of so many steps from one seed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.machine.evenly import EVENLY
from tests.machine.machine import Machine

STEPS = 40
_AT_ONCE = 200


@contextmanager
def _without_log_messages() -> Iterator[None]:
    """A life loses its store on purpose hundreds of times; nobody wants to read of it."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class Run:
    """What a run did: `lives` that took all their steps, how many were `begun`, and the `steps` of all of them."""

    def __init__(self) -> None:
        self.lives = 0
        self.begun = 0
        self.steps = 0

    @property
    def broken(self) -> int:
        """The number of the life that broke a promise, after a run that was not shrunk: that life is lived twice
        more, to see that it breaks again and to tell how."""
        return self.begun - 2


def run(seed: int, lives: int, *, shrink: bool = True, seconds: float = inf, done: Run | None = None) -> Run:
    """Lives that many whole lives, or as many as begin in these seconds.

    Raises what the first life that breaks a promise raises, with the shortest such life printed (if `shrink`). `done`
    is told what was done also then.
    """
    done = Run() if done is None else done
    ends_at = monotonic() + seconds
    while done.lives < lives and monotonic() < ends_at:
        _run(seed, min(lives - done.lives, _AT_ONCE), done, shrink=shrink)
        seed += 1
    return done


def _run(seed: int, lives: int, done: Run, *, shrink: bool) -> None:
    class Counted(Machine):
        def __init__(self) -> None:
            super().__init__()
            done.begun += 1
            self._steps = 0

        @invariant()
        def a_step_was_taken(self) -> None:
            self._steps += 1

        def teardown(self) -> None:
            done.steps += self._steps
            done.lives += self._steps >= STEPS
            super().teardown()

    chosen = settings(
        backend=EVENLY,
        max_examples=lives,
        stateful_step_count=STEPS,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with _without_log_messages():
        run_state_machine_as_test(hypothesis.seed(seed)(Counted), settings=chosen)
