"""The board: grouping, order, the sentence, what travels, and the HTML around it."""

from __future__ import annotations

import re

import msgspec
import pytest

from dashboard import shown
from dashboard.board import Board, View, render, render_passport
from dashboard.order import SORTS
from streams.records import Cell
from tests.dashboard.boards import AS_OF_MS, QUARTER_MS, board, feed, field, reading, targets

NORD, SUED, OST = Cell("Alpha", "Nord", project="P"), Cell("Beta", "Süd", project="P"), Cell("Gamma", "Nord")
ALPHA_SUED = Cell("Alpha", "Süd", project="Q")


def names(drawn: Board) -> list[str]:
    return [tile.source.name for tile in drawn.tiles]


def sentence(drawn: Board) -> str:
    if drawn.panels:
        return f"{drawn.fields['b0:lead']}{drawn.fields['b0:tail']}."
    return drawn.fields["page:lead"] + drawn.fields["page:tail"]


def test_a_hotline_of_two_providers_has_a_tile_for_each() -> None:
    drawn = board([reading(NORD, (9, 10)), reading(ALPHA_SUED, (5, 10))])
    assert field(drawn, "Alpha", "v", "Nord") == "90,0\xa0%"
    assert field(drawn, "Alpha", "v", "Süd") == "50,0\xa0%"


def test_groups_sum_counters_and_never_average() -> None:
    readings = [reading(NORD, (90, 100)), reading(ALPHA_SUED, (0, 20))]
    drawn = board(readings, view=View("desk", group="hotline"))
    assert field(drawn, "Alpha", "v") == "75,0\xa0%"
    assert names(board(readings, view=View("desk", group="provider"))) == ["Süd", "Nord"]
    assert names(board(readings, view=View("desk", group="project"))) == ["Q", "P"]


def test_cells_of_one_tile_with_different_thresholds_are_one_tile() -> None:
    other = Cell("Alpha", "Nord", project="P", threshold_ms=30_000)
    drawn = board([reading(NORD, (90, 100)), reading(other, (0, 100))])
    assert field(drawn, "Alpha", "v") == "45,0\xa0%"
    assert len(drawn.tiles) == 1


def test_the_target_of_a_group_is_what_it_would_read_if_each_just_met_its_own() -> None:
    judged = targets(Alpha=0.9, Gamma=0.5)
    drawn = board(
        [reading(NORD, (90, 100)), reading(OST, (150, 300))], judged=judged, view=View("desk", group="provider")
    )
    # (0.9 x 100 + 0.5 x 300) / 400 = 0.6, and exactly that was reached.
    assert field(drawn, "Nord", "zs") == "⌀ 60\xa0%"
    assert field(drawn, "Nord", "s") == "good"


def test_worst_first_and_the_calm_ones_by_name() -> None:
    cells = {"Bad": (10, 100), "Worse": (1, 100), "Close": (78, 100), "Alright": (85, 100), "Better": (99, 100)}
    drawn = board([reading(Cell(name), counts) for name, counts in cells.items()])
    assert names(drawn) == ["Worse", "Bad", "Close", "Alright", "Better"]


def test_a_few_calls_more_do_not_reorder_calm_tiles() -> None:
    before = board([reading(NORD, (90, 100)), reading(SUED, (95, 100))])
    after = board([reading(NORD, (98, 100)), reading(SUED, (91, 100))])
    assert before.layout == after.layout
    assert before.fields != after.fields


def test_the_layout_changes_when_tiles_come_go_or_move() -> None:
    calm = board([reading(NORD, (90, 100)), reading(SUED, (95, 100))])
    moved = board([reading(NORD, (90, 100)), reading(SUED, (5, 100))])
    fewer = board([reading(NORD, (90, 100))])
    assert len({calm.layout, moved.layout, fewer.layout}) == 3


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_puts_missing_figures_last_in_both_directions(sort: str) -> None:
    readings = [
        reading(NORD, (90, 100), waiting=2, oldest_ms=AS_OF_MS - 5000),
        reading(SUED, (50, 200), waiting=1, oldest_ms=AS_OF_MS - 9000),
    ]
    ways = [
        names(board(readings, configured=[OST], view=View("desk", sort=sort, descending=turned)))
        for turned in (False, True)
    ]
    if sort == "aht":
        assert ways == [["Alpha", "Beta", "Gamma"]] * 2
    elif sort in {"name", "offered", "waiting"}:
        assert ways[0] == list(reversed(ways[1]))
    else:
        assert [way[-1] for way in ways] == ["Gamma", "Gamma"]


def test_sort_by_service_level_is_exact() -> None:
    readings = [reading(NORD, (901, 1000)), reading(SUED, (900, 1000))]
    assert names(board(readings, view=View("desk", sort="service_level"))) == ["Beta", "Alpha"]
    assert names(board(readings, view=View("desk", sort="service_level", descending=True))) == ["Alpha", "Beta"]


def test_the_sentence_counts_hotlines_not_tiles() -> None:
    readings = [reading(NORD, (9, 100)), reading(ALPHA_SUED, (9, 100)), reading(SUED, (95, 100))]
    assert sentence(board(readings)) == "1 von 2 Hotlines unter Ziel: Alpha."


def test_the_sentence_says_since_when_only_if_it_is_known() -> None:
    falling = {8: (20, 20), 9: (20, 20), 10: (2, 20), 11: (2, 20)}
    known = board([reading(NORD, (4, 40), profile=falling), reading(SUED, (30, 50)), reading(OST, (9, 10))])
    # Below at the boundaries 11 and 12, and now is five minutes after boundary 12.
    assert sentence(known) == "2 von 3 Hotlines unter Ziel, Alpha seit über 20 Minuten."
    unknown = board([reading(NORD, (4, 40)), reading(SUED, (30, 50)), reading(OST, (9, 10))])
    assert sentence(unknown) == "2 von 3 Hotlines unter Ziel, am weitesten Alpha."


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([(90, 100), (95, 100)], "Alle 2 Hotlines im Ziel."),
        ([(78, 100), (95, 100)], "1 von 2 Hotlines knapp, nichts unter Ziel."),
        ([(90, 100), (1, 2)], "1 von 2 Hotlines im Ziel, die übrigen mit zu wenigen Fällen."),
        ([(1, 2), (1, 2)], "Zu wenige Fälle für ein Urteil."),
        ([(0, 0), (0, 0)], "Heute noch keine Anrufe."),
        ([(1, 100)], "Alpha unter Ziel."),
        ([(99, 100)], "Alpha im Ziel."),
    ],
)
def test_what_the_sentence_says(counts: list[tuple[int, int]], said: str) -> None:
    assert sentence(board([reading(cell, pair) for cell, pair in zip((NORD, SUED), counts, strict=False)])) == said


def test_a_name_with_braces_does_not_break_the_sentence() -> None:
    drawn = board([reading(Cell("{all}"), (1, 100)), reading(SUED, (99, 100))])
    assert sentence(drawn) == "1 von 2 Hotlines unter Ziel: {all}."


def test_unknown_is_said_beside_what_is_known() -> None:
    readings = [reading(NORD, (9, 100), feeds=("one",)), reading(SUED, (99, 100), feeds=("two",))]
    feeds = [feed("one"), feed("two", heard_before_ms=400_000)]
    drawn = board(readings, feeds=feeds)
    assert sentence(drawn) == "1 von 2 Hotlines unter Ziel: Alpha. 1 unbekannt: Quelle two still seit 6 Minuten."
    assert field(drawn, "Beta", "wt") == "Quelle still seit 6 Minuten"
    unnamed = board(readings, feeds=feeds, feeds_named=False)
    assert sentence(unnamed) == "1 von 2 Hotlines unter Ziel: Alpha. 1 unbekannt."
    assert "two" not in "".join(unnamed.fields.values())


def test_many_silent_feeds_are_named_by_two_and_a_number() -> None:
    feeds = [feed("a", state="error"), feed("{b}", heard_before_ms=7_300_000), feed("c", state="error")]
    feeds.append(msgspec.structs.replace(feed("d"), lost_ms=AS_OF_MS - 1000))
    drawn = board([reading(NORD, (9, 100), feeds=("a", "d"))], feeds=feeds)
    assert sentence(drawn) == "Lage unbekannt: Quelle a gestört, Quelle {b} still seit 2 Stunden, 2 weitere."
    assert sentence(board([reading(NORD, (9, 100))], feeds=feeds[3:])) == "Lage unbekannt: Daten von d verloren."


def test_everything_silent_is_an_unknown_situation() -> None:
    drawn = board([reading(NORD, (99, 100))], feeds=[feed(heard_before_ms=380_000)])
    assert sentence(drawn) == "Lage unbekannt: Quelle acd still seit 6 Minuten."
    assert drawn.fields["page:mood"] == "lost"


def test_a_picture_that_stands_still_is_late_then_lost() -> None:
    calls = [reading(NORD, (99, 100))]
    late, lost = board(calls, behind_ms=16_000), board(calls, behind_ms=61_000)
    assert (late.fields["page:lag"], lost.fields["page:lag"]) == ("late", "lost")
    assert field(late, "Alpha", "s") == "good"
    assert field(lost, "Alpha", "s") == "lost"


def test_tiles_follow_their_readings_from_one_board_to_the_next() -> None:
    # Drawn tiles are kept: the same tile with other readings, feeds or language must not come from what was kept.
    assert field(board([reading(NORD, (90, 100))]), "Alpha", "v") == "90,0\xa0%"
    assert field(board([reading(NORD, (91, 100))]), "Alpha", "v") == "91,0\xa0%"
    assert field(board([reading(NORD, (91, 100))], language="en"), "Alpha", "v") == "91.0%"
    assert field(board([reading(NORD, (91, 100))], judged=targets(Alpha=0.95)), "Alpha", "s") == "warn"


def test_only_what_a_view_binds_travels() -> None:
    readings = [reading(NORD, (90, 100)), reading(SUED, (9, 100))]
    for kind in shown.KINDS:
        drawn = board(readings, view=View(kind))
        html = render(drawn)
        bound = set(re.findall(r'data-k="([^"]+)"', html))
        for pairs in re.findall(r'data-a="([^"]+)"', html):
            bound |= {pair.partition("=")[2] for pair in pairs.split()}
        unbound = {"page:time", "page:title"} | {"phone": {"page:feeds"}, "wall": {"page:palette"}}.get(kind, set())
        assert bound == drawn.fields.keys() - unbound


def test_html_shows_the_fields_and_escapes_names() -> None:
    html = render(board([reading(Cell("<b>&", "<i>"), (90, 100))]))
    assert "&lt;b&gt;&amp;" in html
    assert "<b>&" not in html
    assert "90,0\xa0%" in html
    assert " style=" not in html


@pytest.mark.parametrize("kind", shown.KINDS)
def test_without_feeds_every_view_says_how_to_connect_one(kind: shown.Kind) -> None:
    drawn = board([], feeds=[], view=View(kind), feeds_configured=0)
    assert sentence(drawn) == "Noch keine Quelle angeschlossen."
    assert "leitstand check" in render(drawn)


@pytest.mark.parametrize("kind", shown.KINDS)
def test_an_empty_scope_has_its_own_words(kind: shown.Kind) -> None:
    assert "Keine Hotline in Ihrem Bereich" in render(board([], view=View(kind)))


def test_a_view_and_its_address_say_the_same() -> None:
    view = View("desk", sort="reachability", descending=True, group="provider")
    said = dict(pair.split("=") for pair in view.query().split("&"))
    assert View.from_query(said) == view
    assert View.from_query({"view": "nonsense", "sort": "password", "group": "agent"}) == View("phone")


def test_the_passport_carries_definition_counts_and_reasons() -> None:
    drawn = board([reading(NORD, (90, 100), (800, 1234))])
    passport = drawn.passport(drawn.tiles[0].source.id, "service_level")
    assert passport is not None
    assert passport.definition == "SL-Standard T=20 s S=5 s flow-outs count"
    assert [(window.value, window.n) for window in passport.windows] == [("90,0\xa0%", "100"), ("64,8\xa0%", "1.234")]
    assert ("answered_in_time", "in der Zeit angenommen", ("90", "800")) in passport.counts
    acw = drawn.passport(drawn.tiles[0].source.id, "acw")
    assert acw is not None
    assert {window.why for window in acw.windows} == {"diese Quelle liefert es nicht"}


def test_a_passport_of_what_is_not_in_view_is_not_given() -> None:
    foreign = board([reading(SUED, (9, 10))]).tiles[0].source.id
    drawn = board([reading(NORD, (90, 100))])
    assert drawn.passport(foreign, "service_level") is None
    assert drawn.passport(drawn.tiles[0].source.id, "nonsense") is None
    html = render_passport(drawn, foreign, "service_level")
    assert "Diese Zahl gibt es nicht mehr." in html
    assert "Beta" not in html


def test_lines_of_a_board_share_one_axis() -> None:
    early = reading(NORD, (9, 10), profile={2: (9, 10)})
    late = reading(SUED, (9, 10), profile={6: (9, 10)})
    drawn = board([early, late])
    ends = {field(drawn, name, "pp") for name in ("Alpha", "Beta")}
    assert len({end.split(" ")[0] for end in ends}) == 1
    assert AS_OF_MS % QUARTER_MS
