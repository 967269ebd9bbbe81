"""docs/kpis.md is what the code says."""

from pathlib import Path

from docs.kpi_page import page
from streams.catalogue import KPIS
from streams.counters import COUNTERS, FURTHER

PAGE = Path(__file__).parents[2] / "docs" / "kpis.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "renew it: python -m docs.kpi_page docs/kpis.md"


def test_every_counter_and_every_kpi_stands_in_it_with_an_instant() -> None:
    text = page()
    names = [*COUNTERS, *(name for family in FURTHER.values() for name in (*family.windowed, *family.now))]
    assert [name for name in names if f"`{name}`" not in text] == []
    assert [kpi.id for kpi in KPIS if f"`{kpi.id}`" not in text or kpi.formula not in text] == []
    assert [name for name, family in FURTHER.items() if not (family.counts and family.live and family.arrival)] == []


def test_counter_names_are_unique_over_families() -> None:
    names = [*COUNTERS, *(name for family in FURTHER.values() for name in (*family.windowed, *family.now))]
    assert len(names) == len(set(names))
