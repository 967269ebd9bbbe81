"""Run by the memory test: reads a file with a line of 1 GB and prints counted, dead and growth in kB."""

import resource
import sys
from pathlib import Path

from tests.collectors.bench import Bench, clear_away, write
from tests.collectors.dialects import DIALECTS

GIGABYTE = 1024**3


def main(kind: str, folder: Path) -> None:
    """Two good lines around the long one; the file is sparse, so it costs no disk."""
    dialect, path = DIALECTS[kind], folder / "source"
    bench = Bench(folder / "data", kind)
    write(path, *([dialect.header] if dialect.header else []), dialect.line(1))
    bench.run.follow(path)
    bench.drain()
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + GIGABYTE)
    write(path, "", dialect.line(2))
    bench.drain()
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    tally = bench.tally()
    print(tally.counted, tally.dead, grown_kb)
    clear_away()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
