"""The tile of a campaign: its state and what it comes from, its numbers, its place among hotlines."""

from __future__ import annotations

import pytest

from dashboard.board import View, render
from dashboard.campaign_tile import state
from dashboard.targets import CampaignLimits, HotlineTarget, Targets
from dashboard.tile import Judgement
from streams.catalogue import Options, Value
from streams.records import Cell
from tests.dashboard.boards import board, feed, field, reading
from tests.dashboard.campaigns import campaign, cell, posted, shifts, stock

WINBACK, SURVEY = cell("Winback", "P", "K"), cell("Umfrage", "P", "K")
ALPHA = Cell("Alpha", "Nordcall", project="P", client="K")
LOSS = posted({WINBACK: ("-120", "-2310.40"), SURVEY: ("40", "900"), ALPHA: ("10", "250")})


@pytest.mark.parametrize(
    ("contacts", "drops", "reach_hours", "target", "loss", "expected"),
    [
        ((0.2, 100), (0.03, 100), 5.0, None, False, ("warn", "drop_near")),
        ((0.2, 100), (0.0301, 100), 5.0, None, False, ("bad", "drop")),
        ((0.2, 100), (0.5, 9), 5.0, None, False, ("good", "")),
        ((None, 0), (0.031, 10), None, None, False, ("bad", "drop")),
        ((0.2, 100), (0.025, 100), 5.0, None, False, ("warn", "drop_near")),
        ((0.2, 100), (0.024, 100), 5.0, None, False, ("good", "")),
        ((0.2, 100), (0.0, 100), 0.99, None, False, ("warn", "stock")),
        ((0.2, 100), (0.0, 100), 1.0, None, False, ("good", "")),
        ((0.2, 100), (0.0, 100), 0.5, None, True, ("bad", "loss")),
        ((0.2, 100), (0.04, 100), 0.5, None, True, ("bad", "drop")),
        ((None, 0), (0.0, 100), None, None, False, ("empty", "")),
        ((0.2, 9), (0.0, 100), None, None, False, ("few", "")),
        ((0.2, 100), (0.0, 100), 5.0, 0.3, False, ("bad", "")),
        ((0.26, 100), (0.0, 100), 5.0, 0.3, False, ("warn", "")),
        ((0.3, 100), (0.0, 100), 5.0, 0.3, False, ("good", "")),
        ((0.2, 100), (0.0, 100), 0.5, 0.3, False, ("bad", "")),
    ],
)
def test_the_state_of_a_campaign(
    contacts: tuple[float | None, int],
    drops: tuple[float | None, int],
    reach_hours: float | None,
    target: float | None,
    loss: bool,
    expected: tuple[str, str],
) -> None:
    limits, judgement = CampaignLimits(0.03, target), Judgement(target, 0.05, 10)
    assert state(Value(*contacts), Value(*drops), reach_hours, limits, judgement, loss=loss) == expected


def test_a_campaign_reads_as_its_counters_say() -> None:
    made = board([campaign(WINBACK, (30, 120), (200, 1_000), dropped=3), stock(WINBACK, 360)], view=View("desk"))
    assert field(made, "Winback", "v") == "25,0\xa0%"
    assert field(made, "Winback", "d") == "20,0\xa0%"
    assert field(made, "Winback", "k:right_party_rate") == "12,5\xa0%"
    assert field(made, "Winback", "l:drop_rate") == "1,5\xa0%"
    assert field(made, "Winback", "rs") == "1,5\xa0h"
    assert field(made, "Winback", "w") == "im Rahmen"
    assert "Grenze 3\xa0%" in render(made).replace("&nbsp;", "\xa0")


def test_a_limit_of_its_own_makes_it_bad_and_the_word_says_why() -> None:
    judged = Targets(
        HotlineTarget(0.8, 0.05, 10, ""), {}, Options(), "Europe/Berlin", {"Winback": CampaignLimits(0.01, None, "Win")}
    )
    readings = [campaign(WINBACK, (30, 120), (200, 1_000), dropped=3)]
    made = board(readings, judged=judged)
    assert (field(made, "Winback", "s"), field(made, "Winback", "w")) == ("bad", "Drop-Quote über Grenze")
    assert made.tiles[0].source.short_name == "Win"
    assert field(board(readings, judged=judged, language="en"), "Winback", "w") == "drop rate over limit"


def test_a_configured_campaign_stands_there_before_its_first_attempt() -> None:
    made = board([], configured=[WINBACK])
    assert [(tile.source.name, tile.state) for tile in made.tiles] == [("Winback", "empty")]


def test_hotlines_and_campaigns_of_one_name_are_two_tiles() -> None:
    made = board([reading(Cell("Winback", "Nordcall"), (90, 100)), campaign(WINBACK, (30, 120), (200, 1_000))])
    assert sorted(tile.source.kind for tile in made.tiles) == ["campaign", "hotline"]
    assert len({tile.source.id for tile in made.tiles}) == 2


def test_a_silent_dialer_makes_its_campaigns_unknown_and_no_hotline() -> None:
    readings = [reading(ALPHA, (90, 100), feeds=("acd",)), campaign(WINBACK, (30, 120), (200, 1_000))]
    feeds = [feed("acd"), feed("dialer", heard_before_ms=120_000)]
    of_dialer = board(readings, feeds=feeds, of_campaigns={"dialer"})
    assert {tile.source.name: tile.state for tile in of_dialer.tiles} == {"Alpha": "good", "Winback": "lost"}
    assert of_dialer.fields["page:tail"].endswith(" 1 unbekannt: Quelle dialer still seit 2 Minuten.")
    of_acd = board(readings, feeds=[feed("acd", heard_before_ms=120_000), feed("dialer")], of_campaigns={"dialer"})
    assert {tile.source.name: tile.state for tile in of_acd.tiles} == {"Alpha": "lost", "Winback": "good"}


def test_only_hotlines_or_only_campaigns() -> None:
    readings = [reading(ALPHA, (90, 100)), campaign(WINBACK, (30, 120), (200, 1_000))]
    names = {
        only: [tile.source.name for tile in board(readings, view=View("desk", only=only)).tiles]
        for only in ("", "hotlines", "campaigns")
    }
    assert names == {"": ["Alpha", "Winback"], "hotlines": ["Alpha"], "campaigns": ["Winback"]}
    assert View.from_query({"view": "desk", "only": "campaigns"}).only == "campaigns"
    assert View.from_query({"view": "desk", "only": "people"}).only == ""
    assert "only=campaigns" in View("desk", only="campaigns").query()


def test_a_group_holds_both_and_one_with_campaigns_only_reads_like_one() -> None:
    other = cell("Neu", "Q", "K")
    readings = [
        reading(ALPHA, (90, 100)),
        campaign(WINBACK, (30, 120), (200, 1_000)),
        campaign(other, (10, 100), (90, 900)),
    ]
    made = board(readings, view=View("desk", group="project"))
    assert {tile.source.name: (tile.source.kind, tile.source.mark) for tile in made.tiles} == {
        "P": ("hotline", "1 Hotline · 1 Kampagne"),
        "Q": ("campaign", "1 Kampagne"),
    }
    assert field(made, "P", "v") == "90,0\xa0%"
    assert field(made, "Q", "v") == "10,0\xa0%"


def test_absence_of_few_is_a_word_and_no_number() -> None:
    beta = Cell("Beta", "Nordcall", team="B")
    readings = [reading(ALPHA, (90, 100)), reading(beta, (90, 100)), shifts(ALPHA, 2, 20, persons=12)]
    made = board([*readings, shifts(beta, 1, 5, persons=3)], view=View("desk"))
    assert {field(made, name, "k:absence_rate") for name in ("Alpha", "Beta")} == {"k. A."}
    made = board([*readings, shifts(beta, 1, 5, persons=9)], view=View("desk", sort="absence_rate", descending=True))
    assert [(tile.source.name, tile.values["absence_rate"]) for tile in made.tiles] == [("Beta", 0.2), ("Alpha", 0.1)]
    passport = made.passport(made.tiles[0].source.id, "absence_rate")
    assert passport is not None
    assert [window.value for window in passport.windows] == ["20,0\xa0%", "20,0\xa0%"]
    assert ("shift_persons", "Personen", ("9", "9")) in passport.counts
    assert "absence" not in board([reading(ALPHA, (90, 100))], view=View("desk")).parts


@pytest.mark.parametrize(
    ("state_of_hotlines", "dropped", "money", "german", "english"),
    [
        ((90, 100), 0, False, "Alle 2 Hotlines| im Ziel, Kampagnen im Rahmen.",
         "All 2 hotlines| on target, campaigns within limits."),
        ((90, 100), 0, True, "Kampagne Winback| mit Verlust, Hotlines im Ziel.",
         "Campaign Winback| at a loss, hotlines on target."),
        ((40, 100), 0, True, "2 von 2 Hotlines| unter Ziel, Kampagne Winback mit Verlust.",
         "2 of 2 hotlines| below target, campaign Winback at a loss."),
        ((77, 100), 0, True, "Kampagne Winback| mit Verlust, 2 von 2 Hotlines knapp, nichts unter Ziel.",
         "Campaign Winback| at a loss, 2 of 2 hotlines close to target, none below."),
        ((77, 100), 5, False, "2 von 2 Hotlines| knapp, nichts unter Ziel, Kampagne Winback nahe der Drop-Grenze.",
         "2 of 2 hotlines| close to target, none below, campaign Winback near the drop limit."),
        ((90, 100), 40, True, "Kampagne Winback| über der Drop-Grenze, Hotlines im Ziel.",
         "Campaign Winback| over the drop limit, hotlines on target."),
    ],
)  # fmt: skip
def test_the_sentence_speaks_of_both(
    state_of_hotlines: tuple[int, int], dropped: int, money: bool, german: str, english: str
) -> None:
    readings = [
        *(reading(Cell(name, "Nordcall"), state_of_hotlines) for name in ("Alpha", "Beta")),
        campaign(WINBACK, (30, 120), (190, 1_000), dropped=dropped),
        campaign(SURVEY, (30, 120), (190, 1_000)),
    ]
    for language, said in (("de", german), ("en", english)):
        made = board(readings, language=language, postings=LOSS if money else None)
        assert f"{made.fields['page:lead']}|{made.fields['page:tail']}" == said


@pytest.mark.parametrize(
    ("dropped", "said"),
    [
        ((0, 0), "Alle 2 Kampagnen| im Rahmen."),
        ((40, 0), "Kampagne Winback| über der Drop-Grenze."),
        ((40, 40), "2 von 2 Kampagnen| über der Drop-Grenze."),
        ((5, 5), "2 von 2 Kampagnen| nahe der Drop-Grenze."),
    ],
)
def test_the_sentence_of_campaigns_alone(dropped: tuple[int, int], said: str) -> None:
    readings = [
        campaign(of, (30, 120), (190, 1_000), dropped=lost) for of, lost in zip((WINBACK, SURVEY), dropped, strict=True)
    ]
    made = board(readings)
    assert f"{made.fields['page:lead']}|{made.fields['page:tail']}" == said


@pytest.mark.parametrize(
    ("now", "day", "german", "english"),
    [
        ((0, 0), (0, 0), "Heute noch keine Anrufe", "No calls yet today"),
        ((0, 0), (80, 100), "Keine Anrufe in den letzten 30 Minuten", "No calls in the last 30 minutes"),
    ],
)
def test_quiet_hotlines_are_not_said_to_have_had_no_calls(
    now: tuple[int, int], day: tuple[int, int], german: str, english: str
) -> None:
    quiet = reading(ALPHA, now, day)
    for language, said in (("de", german), ("en", english)):
        assert board([quiet], language=language).fields["page:lead"] == said
    with_campaign = board([quiet, campaign(WINBACK, (30, 120), (190, 1_000), dropped=40)])
    assert with_campaign.fields["page:lead"] + with_campaign.fields["page:tail"] == (
        "Kampagne Winback über der Drop-Grenze."
    )


def test_quiet_campaigns_are_not_said_to_have_had_no_attempt() -> None:
    for day, said in (((0, 0), "Heute noch keine Anwahl"), ((190, 1_000), "Keine Anwahl in den letzten 30 Minuten")):
        assert board([campaign(WINBACK, (0, 0), day)]).fields["page:lead"] == said


def test_different_troubles_are_not_called_by_one_name() -> None:
    readings = [campaign(WINBACK, (30, 120), (190, 1_000)), campaign(SURVEY, (30, 120), (190, 1_000), dropped=40)]
    made = board(readings, postings=LOSS)
    assert f"{made.fields['page:lead']}|{made.fields['page:tail']}" == "2 von 2 Kampagnen| auffällig."


def test_the_passport_of_a_campaign_speaks_of_attempts() -> None:
    made = board([campaign(WINBACK, (30, 120), (200, 1_000))])
    passport = made.passport(made.tiles[0].source.id, "contact_rate")
    assert passport is not None
    assert [window.value for window in passport.windows] == ["25,0\xa0%", "20,0\xa0%"]
    assert ("attempts", "Anwahlen", ("120", "1.000")) in passport.counts
    assert {"drop_rate", "stock_reach_hours"} <= {name for name, _ in passport.others}
    assert "service_level" not in {name for name, _ in passport.others}
