"""What other systems of the centre write beside the calls: a dialer's attempts, orders, and who is logged in.

Every row is also taken down for the slow computation, which shares no code with ours.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.batch import agents, orders, outbound
from tests.batch.compare import assert_same
from tests.batch.count import HALF_HOUR_MS, Counts
from tests.batch.local_days import business_day_start_ms
from tests.batch.read_people import read_people
from tests.kafka.records import HOTLINES, ZONE

CAMPAIGNS = {"Rückruf": "in-house", "Umfrage": "partner", "Vertrag": "partner"}
"""Every campaign and who works for it."""
PROVIDER_OF = {name: "partner" if number % 2 else "in-house" for number, name in enumerate(HOTLINES)}
DIMENSIONS = ("", "hotline", "campaign", "provider")
_SAID = {
    "sold": ("human", "right_party", "success"),
    "refused": ("human", "right_party"),
    "talked": ("human",),
    "machine": ("machine",),
    "dropped": ("dropped",),
    "nobody": (),
}
_RESULTS = dict(
    zip(
        _SAID, ("success", "right_party_contact", "human_contact", "machine", "dropped_live", "no_contact"), strict=True
    )
)
_OWN = (
    *("attempts", "connected", "human_", "right_party_", "successes", "machines", "dropped_live", "dialer_", "leads_"),
    *("order", "cancellations", "agents_", "serving_"),
)
"""How the counters of these systems begin."""
_PERSONS = 24
_HOURS_S = 6 * 3_600


class Beside:
    """Three sources, each as lines in the order in which it wrote them, without headers."""

    def __init__(self, attempts: int, sold: int, seed: int) -> None:
        chance = random.Random(seed)
        self._end = int(time.time()) - 700
        self._attempts: list[tuple[str, outbound.Attempt]] = []
        self._orders: list[tuple[str, orders.Order]] = []
        self.attempt_rows = [self._attempt(number, chance) for number in range(attempts)]
        # A row that comes twice is one attempt.
        self.attempt_rows += chance.sample(self.attempt_rows, attempts // 20)
        chance.shuffle(self.attempt_rows)
        self.order_rows = [row for number in range(sold) for row in self._sale(number, chance)]
        self.member_rows = sorted(self._members(chance), key=lambda line: int(line.split("|", 1)[0]))
        self._people = read_people(self.member_rows, lambda queue: (queue, (PROVIDER_OF[queue], "", "")))

    @property
    def rows(self) -> int:
        """How many rows all three write."""
        return len(self.attempt_rows) + len(self.order_rows) + len(self.member_rows)

    def _some_time(self, chance: random.Random) -> int:
        """Often so late that it is in every window, whatever time of day it is."""
        return self._end - chance.randrange(300 if chance.randrange(4) == 0 else _HOURS_S)

    def _attempt(self, number: int, chance: random.Random) -> str:
        at, campaign, said = self._some_time(chance), chance.choice(list(CAMPAIGNS)), chance.choice(list(_SAID))
        lead = chance.randrange(60)
        tries = chance.choice((1, 1, 1, 4))
        told = outbound.Attempt(campaign, at * 1000, f"{lead}", frozenset(_SAID[said]), tries)
        self._attempts.append((campaign, told))
        return f"{number};{campaign};{lead};{tries};{_clock(at)};{said}"

    def _sale(self, number: int, chance: random.Random) -> Iterator[str]:
        at, campaign = self._some_time(chance), chance.choice((*CAMPAIGNS, "nobody's"))
        cents, place = chance.randrange(10_000), campaign if campaign in CAMPAIGNS else ""
        sold = [("", at, cents)]
        if chance.randrange(4) == 0:
            sold.append((f"o{number}", min(self._end, at + chance.randrange(7_200)), -cents))
        for cancels, when, amount in sold:
            self._orders.append((place, orders.Order(when * 1000, bool(cancels), amount, "EUR", bool(place))))
            euros = f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"
            yield f"{'c' if cancels else 'o'}{number};{_clock(when)};{cancels};;{campaign};;{euros};EUR"

    def _members(self, chance: random.Random) -> Iterator[str]:
        for person in range(_PERSONS):
            # Nobody leaves who is needed to be so many that sums may be shown.
            queues = [name for name, provider in PROVIDER_OF.items() if (provider == "partner") == bool(person % 2)]
            name, at = f"Agent/{person}", self._end - _HOURS_S + chance.randrange(600)
            for queue in chance.sample(queues, chance.randrange(1, len(queues) + 1)):
                yield f"{at}|NONE|{queue}|{name}|ADDMEMBER|"
            while at < self._end - 4_000:
                at += chance.randrange(60, 3_000)
                yield f"{at}|NONE|NONE|{name}|PAUSEALL|Pause"
                at += chance.randrange(60, 900)
                yield f"{at}|NONE|NONE|{name}|UNPAUSEALL|"
            if person % 5 == 0:
                yield f"{self._end}|NONE|NONE|{name}|PAUSEALL|Feierabend"

    def begin(self, folder: Path) -> None:
        """Writes the headers."""
        (folder / "orders").mkdir()
        (folder / "attempts.csv").write_text("id;campaign;lead;tries;at;said\n")
        (folder / "members").write_text("")

    def write(self, folder: Path, share: int, shares: int) -> None:
        """Writes this share of the rows, counted from 0."""

        def part(rows: list[str]) -> str:
            return "".join(f"{row}\n" for row in rows[share * len(rows) // shares : (share + 1) * len(rows) // shares])

        for name, rows in (("attempts.csv", self.attempt_rows), ("members", self.member_rows)):
            with (folder / name).open("a") as out:
                out.write(part(rows))
        fresh = folder / "orders" / f"{share}.new"
        fresh.write_text("order;time;cancels;project;campaign;hotline;revenue;currency\n" + part(self.order_rows))
        fresh.rename(fresh.with_suffix(".csv"))

    def files(self, folder: Path) -> dict[str, list[Path]]:
        """What each feed has to read."""
        dropped = sorted((folder / "orders").glob("*.csv"))
        return {"dialer": [folder / "attempts.csv"], "people": [folder / "members"], "orders": dropped}

    def settings(self, folder: Path) -> str:
        """What these feeds add to the settings."""
        cases = "".join(
            f'[[feeds.dialer.cases]]\nwhen.said = "{said}"\nresult = "{result}"\nat = "at"\n'
            for said, result in _RESULTS.items()
        )
        campaigns = "".join(f'[campaigns."{name}"]\nprovider = "{provider}"\n' for name, provider in CAMPAIGNS.items())
        queues = "".join(
            f'[[queues]]\nqueue = "{queue}"\nhotline = "{queue}"\nprovider = "{provider}"\n'
            for queue, provider in PROVIDER_OF.items()
        )
        return f"""
{campaigns}
{queues}
[feeds.people]
collector = "queue_log"
path = "{folder / "members"}"
agents_belong_to = "queue"
[feeds.orders]
collector = "orders"
path = "{folder / "orders"}"
checksums = false
[feeds.dialer]
collector = "columns"
path = "{folder / "attempts.csv"}"
delimiter = ";"
key = ["id"]
campaign = "campaign"
attempts = "tries"
lead = ["lead"]
times.at.format = "%Y-%m-%d %H:%M:%S"
{cases}"""

    def assert_counted(self, document: Mapping[str, Any], by: str) -> None:
        """A `kpis --json` document by this dimension, or by none, holds exactly what the rows add up to."""
        as_of_ms = int(datetime.fromisoformat(document["as_of"]).timestamp()) * 1000
        came: dict[tuple[str, str], Counts] = {}
        for row in document["rows"]:
            own = {name: value for name, value in row["counts"].items() if name.startswith(_OWN) and value}
            came[row["by"].get(by, ""), row["window"]] = own
        right: dict[tuple[str, str], Counts] = {}
        for window, after_ms in (
            ("30m", as_of_ms - HALF_HOUR_MS),
            ("day", business_day_start_ms(as_of_ms, ZONE) - 1),
        ):
            for place, counts in self._counted(by, after_ms, as_of_ms, window):
                into = right.setdefault((place, window), {})
                for name, value in counts.items():
                    into[name] = into.get(name, 0) + value
        assert_same(right, came, f"{document['as_of']} by {by}")

    def _counted(self, by: str, after_ms: int, as_of_ms: int, window: str) -> Iterator[tuple[str, Counts]]:
        if by != "hotline":
            for campaign, provider in CAMPAIGNS.items():
                mine = [told for name, told in self._attempts if name == campaign]
                place = {"": "", "campaign": campaign, "provider": provider}[by]
                yield place, outbound.within(mine, after_ms, as_of_ms)
                recent = outbound.within(mine, as_of_ms - HALF_HOUR_MS, as_of_ms).get("attempts", 0)
                yield place, {"attempts_last_30m": recent}
        if by != "provider":
            for campaign in (*CAMPAIGNS, ""):
                sold = [order for name, order in self._orders if name == campaign]
                yield campaign if by == "campaign" else "", orders.within(sold, after_ms, as_of_ms)
        people = [agents.person(own, as_of_ms) for own in self._people.values()]
        if by == "hotline":
            for hotline in HOTLINES:
                yield hotline, agents.now([one for one in people if hotline in one.hotlines], "serving")
        if by in ("", "provider"):
            from_ms = after_ms + (window == "day")
            for home, members in agents.by_home(people).items():
                place = home[0] if by else ""
                yield place, agents.within(members, from_ms, as_of_ms)
                yield place, agents.now(members, "agents")


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")


def all_counted(documents: Iterable[Mapping[str, Any]]) -> set[str]:
    """The names of these systems' counters that are anywhere not zero."""
    return {
        name
        for document in documents
        for row in document["rows"]
        for name, value in row["counts"].items()
        if name.startswith(_OWN) and value
    }
