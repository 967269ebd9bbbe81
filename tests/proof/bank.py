"""The real bank file, read by the real column map and by the slow computation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from commands import wiring
from tests.batch.count import Rules
from tests.batch.read_bank import read_bank
from tests.batch.samples import BANK_FILE, sample
from tests.commands.calling import EXAMPLES
from tests.proof.ground import Ground
from tests.scenarios.core import Core

RULES = Rules(zone="Asia/Jerusalem")


def ground(folder: Path) -> Ground:
    """The file as both sides know it. Skips the running test where the file is absent."""
    file = sample(BANK_FILE)
    core = Core(wiring.read_settings(EXAMPLES / "anonymous-bank" / "leitstand.toml"), "bank", folder)
    core.replay(file)
    reading = read_bank(file)
    tally = core.tally()
    assert (tally.received, tally.counted, tally.dead) == (reading.received, reading.counted, reading.dead)
    return Ground(core, reading.visits, reading.doors, lambda _: RULES, groups, ("hotline",))


def groups(queue: str) -> Iterable[str]:
    """A hotline and everything."""
    return f"hotline:{queue}", ":"
