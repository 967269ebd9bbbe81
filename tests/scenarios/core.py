"""The whole way from lines to answers without a server: real settings, the real collector, a log in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from commands import storing, wiring
from commands.collecting import feed_named, feed_run
from config.settings import Settings
from streams.asof import pipelines_at
from streams.batch import Batch, Tally
from streams.codec import decode
from streams.engine import Engine
from streams.log import START, Entry
from streams.log_memory import MemoryLog
from streams.pipeline import Pipeline
from streams.query import Row, document
from streams.question import Question, answer_intervals, answer_windows, edges

FAR_AHEAD_MS = 4_000_000_000_000
"""The clock of whoever looks back on everything (2096)."""


class Core:
    """One feed of these settings, its log, and whoever asks. `folder` takes what the collector writes."""

    def __init__(self, settings: Settings, feed: str, folder: Path, log: MemoryLog | None = None) -> None:
        self.settings = settings
        self.feed = feed
        self.folder = folder
        self.log = log if log is not None else MemoryLog()
        self.clock_of = wiring.clock_of(settings)
        self.configured = wiring.configured_cells(settings)
        storing.prepare(folder)

    def replay(self, *files: Path, now_ms: int = FAR_AHEAD_MS) -> None:
        """Reads these files once, from their first line to their last."""
        run = feed_run(self.settings, self.folder, feed_named(self.settings, self.feed), self.log)
        run.replay(files)
        while run.replaying:
            assert run.step(now_ms) or not run.replaying, "the collector stands still"
        run.close()

    def follow(self, path: Path, lines: Sequence[tuple[int, str]]) -> None:
        """Appends one line after the other to a file that is followed; each comes with the clock of its reading."""
        run = feed_run(self.settings, self.folder, feed_named(self.settings, self.feed), self.log)
        run.follow(path)
        now_ms = 0
        for clock_ms, line in lines:
            now_ms = max(now_ms, clock_ms)
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line + "\n")
            read = run.tally.received
            while run.tally.received == read:
                assert run.step(now_ms), f"not read: {line}"
        run.close()

    def entries(self) -> Sequence[Entry]:
        """The log, oldest entry first."""
        return self.log.parts[0].read(START, 1_000_000)

    def batches(self) -> Iterator[Batch]:
        """What stands in the log."""
        return (decode(entry.payload) for entry in self.entries())

    def tally(self) -> Tally:
        """The accounting of the feed, which must balance."""
        total = Tally()
        for batch in self.batches():
            if batch.feed == self.feed:
                total.add(batch.tally)
        assert total.balanced, total
        return total

    def as_of(self, as_of_ms: int) -> Pipeline:
        """What `kpis --as-of` computes from."""
        return pipelines_at(self.log.parts, as_of_ms, self.clock_of, self.settings.limits.give_up_ms)[0]

    def live_until(self, as_of_ms: int) -> Pipeline:
        """A processor that read each entry when it was written and now stands at `as_of_ms`, knowing the whole log."""
        entries = self.entries()
        began_ms = min((decode(entry.payload).collected_ms for entry in entries), default=as_of_ms)
        first_ms = min(began_ms, as_of_ms) // 1000 * 1000
        pipeline = Pipeline(Engine(first_ms, self.clock_of, self.settings.limits.give_up_ms))
        for entry in entries:
            collected_ms = decode(entry.payload).collected_ms
            pipeline.tick(min(collected_ms, as_of_ms) // 1000 * 1000)
            pipeline.apply(entry.payload)
        pipeline.tick(as_of_ms)
        return pipeline

    def rows(self, asked: Question, known: Engine | Pipeline) -> list[Row]:
        """The rows that answer a question from what an engine knows, or a pipeline with all its families."""
        pipeline = known if isinstance(known, Pipeline) else Pipeline(known)
        engine, floor = pipeline.engine, self.settings.limits.group_floor
        if asked.from_ms is None:
            readings = pipeline.readings()
            return answer_windows(asked, readings, engine.now_ms, self.clock_of, self.configured, floor)
        cuts = edges(asked, [*self.configured, *engine.cells.cells], self.clock_of)
        return answer_intervals(asked, cuts, pipeline.by_interval(cuts), self.configured, floor)

    def document(self, asked: Question, known: Engine | Pipeline) -> dict[str, Any]:
        """The same as `kpis --json` prints it."""
        now_ms = (known.engine if isinstance(known, Pipeline) else known).now_ms
        return document(now_ms, asked.basis, self.rows(asked, known), wiring.kpi_options(self.settings))
