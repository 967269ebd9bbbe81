"""The comparison is sharp: every slip planted into the engine is seen at some of the chosen instants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from streams.columns import Columns
from tests.proof import centre
from tests.proof.comparing import Journey, Key, batches_of, wrong_counts
from tests.proof.faults import FAULTS, Plant
from tests.proof.ground import Ground
from tests.proof.settled import SlowCounts

INSTANTS = 250
CALLS_PER_SECOND = 0.01

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("planted faults of the engine")]


class Track(NamedTuple):
    """Where the engine is compared, and what is right there."""

    ground: Ground
    batches: Sequence[Columns]
    instants: Sequence[int]
    right: Sequence[dict[Key, dict[str, int]]]

    def first_wrong(self) -> list[str]:
        """The differences at the first instant that has any; none when all are right."""
        finest = self.ground.dimensions[:1]
        stops = Journey(self.ground, self.batches).stops(self.instants)
        for engine, right in zip(stops, self.right, strict=True):
            wrong = wrong_counts(self.ground, engine, right, finest)
            if wrong:
                return wrong
        return []


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Track:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collectors.ingest.BATCH_LINES", 30)
        ground = centre.ground(tmp_path_factory.mktemp("planted"), 8, CALLS_PER_SECOND)
    instants = ground.instants(INSTANTS, 9)
    slow = SlowCounts(ground)
    return Track(ground, batches_of(ground), instants, [slow.at(as_of_ms) for as_of_ms in instants])


def test_without_a_fault_nothing_differs(track: Track) -> None:
    assert track.first_wrong() == []


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_does_not_survive(plant: Plant, track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    wrong = track.first_wrong()
    assert wrong, f"{plant.__name__} survives {len(track.instants)} instants"
    print(f"{plant.__name__}: {wrong[0]}")
