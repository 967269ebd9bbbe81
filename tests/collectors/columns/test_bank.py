"""The whole real bank file through the shipped example: every row accounted for, once, in any number of processes."""

from collections import Counter
from pathlib import Path

from streams.records import Arrived, AtTheDoor, Handled
from tests.batch.samples import BANK_FILE, sample
from tests.collectors.bench import Bench
from tests.collectors.columns.test_cases import MAPS, options_of

ROWS, VISITS, IVR_ABANDONED, PHANTOMS = 25_890, 24_010, 1_659, 221


def test_every_row_once(tmp_path: Path) -> None:
    path = sample(BANK_FILE)
    file, feed, _ = MAPS["bank"]
    options = options_of(file, feed) | {"zone": "Asia/Jerusalem"}
    bench = Bench(tmp_path, "columns", options)
    bench.replay(path)
    tally = bench.tally()
    assert (tally.received, tally.counted) == (ROWS, ROWS - PHANTOMS)
    assert tally.skip_reasons == {"phantom": PHANTOMS}
    kinds = Counter(type(fact) for fact in bench.facts())
    assert (kinds[Arrived], kinds[AtTheDoor]) == (VISITS, IVR_ABANDONED)
    assert all(fact.talk_ms >= 0 for fact in bench.facts() if isinstance(fact, Handled))
    bench.restart()
    bench.replay(path)
    tally = bench.tally()
    assert (tally.received, tally.counted) == (2 * ROWS, ROWS - PHANTOMS)
    assert (tally.duplicate, tally.skipped, tally.dead) == (ROWS - PHANTOMS, 2 * PHANTOMS, 0)
