"""A vicidial feed on a bench that polls a real database, and what its log says of every attempt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.sources import Days, Polled
from collectors.vicidial.collector import read_options
from streams.days import SiteClock, closes_at
from streams.records import Worked
from streams.records_outbound import Attempted
from tests.collectors.bench import Bench
from tests.mariadb import MariaDb

ZONE = "Europe/Berlin"
CLOCK = SiteClock(ZONE)
CLOSES_MINUTES = 360


class PolledBench(Bench):
    """See `Bench`. `poll` lets the pause between two polls pass and reads the database to its end."""

    def __init__(
        self, folder: Path, database: MariaDb | Path, now_s: int, user: str = "leitstand", **options: object
    ) -> None:
        where = (
            {"sqlite": str(database)} if isinstance(database, Path) else {"socket": str(database.socket), "user": user}
        )
        table: dict[str, object] = {**where, "poll_seconds": 1, **options}
        self._options = read_options(table)
        super().__init__(folder, "vicidial", table, closes_at=self._closes())
        self.now_ms = now_s * 1000
        self._read_on()

    @staticmethod
    def _closes() -> Callable[[str, int], int]:
        return lambda _site, event_ms: closes_at(CLOCK, event_ms, CLOSES_MINUTES)

    def _read_on(self) -> None:
        assert isinstance(self._options, Polled)
        self.run.read_from(self._options.live_source(ZoneInfo(ZONE), Days(CLOCK, CLOSES_MINUTES)))

    def killed(self) -> None:
        """The collector's process ends without a word, and the next begins."""
        self.restart()
        self._read_on()

    def poll(self, now_s: int | None = None) -> None:
        """Reads the database once, at this time or a second later than before."""
        self.now_ms = self.now_ms + 1_100 if now_s is None else max(self.now_ms, now_s * 1000)
        self.drain()

    def attempts(self) -> dict[bytes, Attempted]:
        """What stands of every attempt: its highest version."""
        standing: dict[bytes, Attempted] = {}
        for fact in self.facts():
            if isinstance(fact, Attempted):
                before = standing.get(fact.attempt)
                if before is None or before.version < fact.version:
                    standing[fact.attempt] = fact
        return standing

    def rounds(self) -> dict[bytes, list[Worked]]:
        """What stands of every row about agents: the facts of its highest version, in its order."""
        standing: dict[bytes, list[Worked]] = {}
        for fact in self.facts():
            if isinstance(fact, Worked):
                told = standing.setdefault(fact.entry, [])
                if told and told[0].version < fact.version:
                    told.clear()
                if not told or told[0].version == fact.version:
                    told.append(fact)
        return standing

    def dispositions(self) -> Counter[tuple[str, str]]:
        """How many attempts stand, by campaign and disposition."""
        return Counter((fact.cell.campaign, fact.disposition) for fact in self.attempts().values())


def grouped(database: MariaDb) -> Counter[tuple[str, str]]:
    """The same, as SQL says it, archive included."""
    rows = database.execute(
        "SELECT campaign_id, status, COUNT(*) FROM (SELECT campaign_id, status FROM vicidial_log UNION ALL "
        "SELECT campaign_id, status FROM vicidial_log_archive) AS every GROUP BY campaign_id, status"
    )
    return Counter({(campaign, status): count for campaign, status, count in rows})
