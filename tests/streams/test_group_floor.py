"""No small group of persons can be seen: not by itself, not as the difference of what is shown."""

from __future__ import annotations

import random
from itertools import combinations, product

import pytest

from streams.group_floor import Blocks
from streams.query import Row, window_rows
from streams.reading import Reading, further
from streams.records import Cell

FLOOR = 8
NOW_MS = 1_783_540_800_000


def cell(provider: str, site: str = "", team: str = "") -> Cell:
    return Cell("", provider, site, team, family="agents")


def random_persons(seed: int) -> dict[Cell, int]:
    chance = random.Random(seed)
    places = product(("P", "Q", "R")[: chance.randrange(1, 4)], ("S", "T"), ("a", "b", "c"))
    sizes = (0, 1, 2, 3, 7, 8, 9, 20)
    return {cell(*place): chance.choice(sizes) for place in places if chance.randrange(4)}


def filters(persons: dict[Cell, int]) -> list[frozenset[Cell]]:
    """Every choice of one dimension's values crossed with every choice of another's, as API and screens allow them."""
    found = set()
    dimensions = ("provider", "site", "team")
    values = {name: sorted({str(getattr(one, name)) for one in persons}) for name in dimensions}
    choices = {
        name: [set(some) for n in range(1, len(values[name]) + 1) for some in combinations(values[name], n)]
        for name in dimensions
    }
    for chosen in product(*choices.values()):
        where = dict(zip(dimensions, chosen, strict=True))
        found.add(frozenset(one for one in persons if all(getattr(one, name) in where[name] for name in dimensions)))
    return sorted(found, key=len)


@pytest.mark.parametrize("seed", range(60))
def test_no_difference_of_two_shown_filters_is_a_small_group(seed: int) -> None:
    persons = random_persons(seed)
    blocks = Blocks({one: count for one, count in persons.items() if count}, FLOOR)
    shown = [group for group in filters(persons) if blocks.shows(group)]

    def size(group: frozenset[Cell]) -> int:
        return sum(persons[one] for one in group)

    assert [group for group in shown if 0 < size(group) < FLOOR] == []
    for one, other in combinations(shown, 2):
        for difference in (one - other, other - one, one & other):
            assert size(difference) == 0 or size(difference) >= FLOOR, (one, other)
    everybody = frozenset(persons)
    assert blocks.shows(everybody) == (size(everybody) >= FLOOR or size(everybody) == 0)


@pytest.mark.parametrize("seed", range(20))
def test_hotlines_within_a_team_are_no_way_to_a_small_group_either(seed: int) -> None:
    """Cells that have a hotline, some with nobody of their own: who works for two hotlines is in one cell only."""
    chance = random.Random(seed)
    names = ("provider", "site", "team", "hotline")
    persons = {
        Cell(hotline, provider, "S", team, family="shifts"): chance.choice((0, 1, 3, 8, 12))
        for provider, team, hotline in product("PQ", "ab", "XYZ")
        if chance.randrange(4)
    }
    values = {name: sorted({str(getattr(one, name)) for one in persons}) for name in names}
    choices = [
        [set(some) for n in range(1, len(values[name]) + 1) for some in combinations(values[name], n)] for name in names
    ]
    blocks = Blocks(persons, FLOOR)
    groups = {
        frozenset(
            one for one in persons if all(getattr(one, name) in of for name, of in zip(names, chosen, strict=True))
        )
        for chosen in product(*choices)
    }
    shown = [group for group in groups if group and blocks.shows(group)]
    assert all(sum(persons[one] for one in group) >= FLOOR for group in shown)
    for one, other in combinations(shown, 2):
        for difference in (one - other, other - one, one & other):
            assert not difference or sum(persons[cell] for cell in difference) >= FLOOR, (one, other)


def test_large_groups_are_not_hidden_without_need() -> None:
    blocks = Blocks({cell("P", "S", "a"): 8, cell("P", "S", "b"): 30, cell("Q", "S", "a"): 9}, FLOOR)
    assert all(blocks.shows([one]) for one in (cell("P", "S", "a"), cell("P", "S", "b"), cell("Q", "S", "a")))


def test_a_small_team_takes_only_its_nearest_relative_along() -> None:
    persons = {cell("P", "S", "a"): 9, cell("P", "S", "b"): 30, cell("P", "S", "c"): 2, cell("Q", "S", "a"): 9}
    blocks = Blocks(persons, FLOOR)
    shown = {one.provider + one.team: blocks.shows([one]) for one in persons}
    assert shown == {"Pa": False, "Pb": True, "Pc": False, "Qa": True}


def people(persons: dict[Cell, int]) -> list[Reading]:
    windows = {
        one: {"30m": {"agents_present": n, "agents_talking_ms": 1000 * n, "agents_logged_in_ms": 1000 * n}}
        for one, n in persons.items()
    }
    return [further(one, 0, windows[one], {"agents_talking": n, "agents_logged_in": n}) for one, n in persons.items()]


def rows(persons: dict[Cell, int], *by: str, **where: set[str]) -> list[Row]:
    return window_rows(
        people(persons),
        as_of_ms=NOW_MS,
        day_start=lambda _: 0,
        by=by,
        where=where,
        windows=("30m",),
        floor=FLOOR,
    )


def test_rows_leave_out_what_is_of_too_few_and_keep_what_is_of_now() -> None:
    persons = {cell("P", "S", "a"): 9, cell("P", "S", "b"): 3, cell("Q", "S", "c"): 12}
    found = {row.by["team"]: row.sums for row in rows(persons, "team")}
    assert {team: sums["agents_talking_ms"] for team, sums in found.items()} == {"a": 0, "b": 0, "c": 12_000}
    assert {team: sums["agents_talking"] for team, sums in found.items()} == {"a": 9, "b": 3, "c": 12}
    assert {team: sums.suppressed for team, sums in found.items()} == {"a": {"agents"}, "b": {"agents"}, "c": set()}


@pytest.mark.parametrize("seed", range(20))
def test_a_filter_gives_no_more_than_the_rows_without_it(seed: int) -> None:
    """The blocks are those of everybody, so asking for one team is no way around its neighbours."""
    persons = random_persons(seed)
    at_once = {tuple(row.by.values()): row.sums.counts for row in rows(persons, "provider", "site", "team")}
    for one in persons:
        asked = {"provider": {one.provider}, "site": {one.site}, "team": {one.team}}
        (alone,) = rows(persons, "provider", "site", "team", **asked)
        assert alone.sums.counts == at_once[one.provider, one.site, one.team]


def test_families_stand_only_where_their_dimensions_are_asked_for() -> None:
    persons = {cell("P", "S", "a"): 9}
    serving = [
        further(Cell(hotline, "P", "S", "a", project="p", family="serving"), 0, {}, {"serving_talking": 4})
        for hotline in ("A", "B")
    ]

    def talking(*by: str, **where: set[str]) -> list[tuple[int, int]]:
        found = window_rows(
            [*people(persons), *serving],
            as_of_ms=NOW_MS,
            day_start=lambda _: 0,
            by=by,
            where=where,
            windows=("30m",),
        )
        return [(row.sums["agents_talking"], row.sums["serving_talking"]) for row in found]

    assert talking() == [(9, 0)]
    assert talking("hotline") == [(0, 4), (0, 4)]
    assert talking("project") == []
    assert talking("project", hotline={"A"}) == [(0, 4)]
    assert talking("provider") == [(9, 0)]
    assert talking("provider", hotline={"A", "B"}) == []
    assert talking("channel") == []
