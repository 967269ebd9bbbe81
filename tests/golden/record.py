"""`python -m tests.golden.record` writes the expected results anew, from the slow computation alone.

With `--days` it also makes the recorded days anew: only when a day itself is to change.
"""

from __future__ import annotations

import argparse
import hashlib
import json

from streams.records import Fact
from tests.batch.samples import BANK_FILE, SHARED
from tests.golden import bank, facts, families, money, slow
from tests.golden.catalogue import FACT_DAYS, FOLDER, INTERVALS, LINE_DAYS, FactDay, LineDay, write_text
from tests.golden.lines import Day
from tests.golden.result import Result, canonical


def expected_of_lines(day: LineDay) -> Result:
    """All windows at chosen instants, looking back on the whole file, and the intervals of the day."""
    groups = slow.groups_of_lines(day.lines(), day.rules)
    times = slow.instants(groups, day.traffic.seed)
    result = {f"at {as_of_ms}": slow.windows(groups, as_of_ms) for as_of_ms in times}
    return result | slow.intervals(groups, span_ms(day), INTERVALS, times[-1])


def span_ms(day: LineDay) -> tuple[int, int]:
    """From when to when the intervals go."""
    return day.traffic.begins * 1000, day.traffic.ends * 1000


def expected_of_facts(day: FactDay) -> Result:
    """At each instant: what was known then ("live at"), and what is known when all has come ("at")."""
    batches = facts.batches(day)
    everything: list[Fact] = [fact for batch in batches for fact in batch.facts]
    hindsight = slow.groups_of_facts(everything)
    result: Result = {}
    for as_of_ms in slow.instants(hindsight, day.seed):
        known = [fact for batch in batches if batch.collected_ms <= as_of_ms for fact in batch.facts]
        result[f"live at {as_of_ms}"] = slow.windows(slow.groups_of_facts(known), as_of_ms)
        result[f"at {as_of_ms}"] = slow.windows(hindsight, as_of_ms)
    return result


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", action="store_true", help="make the recorded days anew as well")
    anew = parser.parse_args().days
    FOLDER.mkdir(exist_ok=True)
    for day in LINE_DAYS:
        if anew:
            write_text(FOLDER / f"{day.name}.queue_log.gz", "".join(f"{line}\n" for line in Day(day.traffic).lines()))
        write_text(FOLDER / f"{day.name}.expected.gz", canonical(expected_of_lines(day)))
    for fact_day in FACT_DAYS:
        if anew:
            write_text(FOLDER / f"{fact_day.name}.batches.gz", facts.make(fact_day))
        write_text(FOLDER / f"{fact_day.name}.expected.gz", canonical(expected_of_facts(fact_day)))
    for family_day in families.FAMILY_DAYS:
        if anew:
            write_text(FOLDER / f"{family_day.name}.families.batches.gz", families.make(family_day))
        write_text(FOLDER / f"{family_day.name}.families.expected.gz", canonical(families.result(family_day)))
    for money_day in money.MONEY_DAYS:
        if anew:
            write_text(FOLDER / f"{money_day.name}.money.story.gz", money.make(money_day))
        write_text(FOLDER / f"{money_day.name}.money.expected.gz", money.expected(money_day))
    if (SHARED / BANK_FILE).exists():
        text = canonical(bank.expected(SHARED / BANK_FILE))
        digest = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "lines": text.count("\n")}
        bank.DIGEST.write_text(json.dumps(digest) + "\n", encoding="utf-8")
    else:
        print(f"{SHARED / BANK_FILE} is absent: the bank's digest stays as it is")


if __name__ == "__main__":
    main()
