"""Random lives of the core: after every step all numbers are those of the slow computation."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable

import pytest

from tests.machine.faults import FAULTS
from tests.machine.run import STEPS, Run, run

LIVES = 1_000
_SHARES = 4
_SEED = 20_261_122
_MOST_LIVES_TO_CATCH = 1_500
_TORTURE_LIVES = 100_000
_TORTURE_SECONDS = 600

Note = Callable[[str, object], None]


@pytest.mark.long
@pytest.mark.parametrize("share", range(_SHARES))
def test_every_number_is_right_whatever_happens(share: int, record_property: Note) -> None:
    done = run(_SEED + share * LIVES, LIVES // _SHARES)
    record_property("machine", _said(done, f"seed {_SEED + share * LIVES}"))
    assert done.lives >= LIVES // _SHARES
    assert done.steps >= done.lives * STEPS


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_planted_fault_is_caught(name: str, record_property: Note) -> None:
    done = Run()
    with FAULTS[name](), pytest.raises(AssertionError) as caught:
        run(_SEED, _MOST_LIVES_TO_CATCH, shrink=False, done=done)
    record_property("planted fault", f"{name:36} caught by life {done.broken:4}: {_reason(caught.value)}")


def test_there_are_faults_enough() -> None:
    assert len(FAULTS) >= 10


@pytest.mark.torture
def test_torture(record_property: Note) -> None:
    """100,000 lives or ten minutes. MACHINE_SEED repeats a run."""
    seed = int(os.environ.get("MACHINE_SEED") or secrets.randbelow(1 << 32))
    print(f"\nproof machine: seed {seed}")
    done = run(seed, _TORTURE_LIVES, seconds=_TORTURE_SECONDS)
    print(_said(done, f"seed {seed}"))
    record_property("machine", _said(done, f"seed {seed}"))
    assert done.lives


def _said(done: Run, seed: str) -> str:
    return f"{seed}: {done.lives:,} whole lives of {STEPS} steps, {done.begun:,} begun, {done.steps:,} steps in all"


def _reason(error: BaseException) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[1 if len(lines) > 1 else 0][:70]
