"""Runs the machine: so many lives of so many steps from one seed."""

from __future__ import annotations

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import Machine

STEPS = 40


class Run:
    """What a run did: `lives` begun and the `steps` they took."""

    def __init__(self) -> None:
        self.lives = 0
        self.steps = 0


def run(seed: int, lives: int, *, shrink: bool = True) -> Run:
    """Raises what the first life that breaks a promise raises, with the shortest such life printed (if `shrink`)."""
    done = Run()

    class Counted(Machine):
        def __init__(self) -> None:
            super().__init__()
            done.lives += 1

        def check_invariants(self, *arguments: object) -> None:
            done.steps += 1
            super().check_invariants(*arguments)

    run_state_machine_as_test(
        hypothesis.seed(seed)(Counted),
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return done
