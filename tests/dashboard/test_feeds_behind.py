"""A silent feed makes unknown what it feeds and nothing else: from its records through core and hub to the page."""

from __future__ import annotations

import msgspec

from dashboard.access import Scope
from dashboard.board import View
from streams import snapshot
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.days import SiteClock
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.records import Arrived, Cell, identify
from streams.store_memory import MemoryStore
from streams.store_parts import PartedStore
from tests.dashboard.boards import field
from tests.dashboard.centre import CANARIES, NOW_MS, Centre

NORD, TELEO, SERVIO = (
    Cell(hotline, provider, site, team, project, client)
    for provider, hotline, site, project, client, team in CANARIES.values()
)
ALL = Scope()
DESK = View("desk")


def pipeline() -> Pipeline:
    return Pipeline(Engine(NOW_MS, lambda _: SiteClock("Europe/Berlin")))


def batch(feed: str, sequence: int, at_ms: int, *cells: Cell) -> bytes:
    """One arrival on each of these cells, collected at this instant."""
    facts = [Arrived(identify(feed, sequence, cell.hotline), at_ms - 1000, cell) for cell in cells]
    tally = Tally(received=len(facts), counted=len(facts))
    return encode(Batch(feed, sequence, at_ms, tally, [*facts], at_ms - 1000))


def publish(centre: Centre, *counted: Pipeline) -> None:
    """What these pipelines, one for each part of the log, read: written as processors do, read as the hub does."""
    stores = [MemoryStore() for _ in counted]
    for store, part in zip(stores, counted, strict=True):
        part.engine.tick(centre.clock.now_ms)
        store.replace(store.acquire(), part.engine.now_ms, "1", part.engine.readings(), [*part.feeds.values()])
    centre.hub._store = PartedStore(lambda: stores)
    centre.hub._after = None
    assert centre.hub.step()


def states(centre: Centre, scope: Scope = ALL) -> dict[str, str]:
    drawn = centre.hub.board(scope, "en", DESK)
    return {tile.source.name: tile.source.lost for tile in drawn.tiles if "Partnerlinie" not in tile.source.name}


def sentence(centre: Centre, scope: Scope = ALL) -> str:
    drawn = centre.hub.board(scope, "en", DESK)
    return drawn.fields["page:lead"] + drawn.fields["page:tail"]


def test_only_what_the_silent_feed_feeds_is_unknown_and_the_page_says_which_feed(centre: Centre) -> None:
    counted = pipeline()
    counted.apply(batch("anlage", 1, NOW_MS, NORD, TELEO))
    counted.apply(batch("servio-acd", 1, NOW_MS, SERVIO))
    centre.clock.pass_seconds(200)
    counted.apply(batch("anlage", 2, centre.clock.now_ms))
    publish(centre, counted)
    assert states(centre) == {
        NORD.hotline: "",
        TELEO.hotline: "",
        SERVIO.hotline: "source silent for 3 minutes",
    }
    assert sentence(centre).endswith("unknown: source servio-acd silent for 3 minutes.")
    drawn = centre.hub.board(ALL, "en", DESK)
    assert (field(drawn, NORD.hotline, "s"), field(drawn, SERVIO.hotline, "s")) != ("lost", "lost")
    assert drawn.fields["page:feeds"] == "1 of 2 sources live"


def test_a_reader_of_a_part_learns_that_it_is_silent_and_never_its_name(centre: Centre) -> None:
    counted = pipeline()
    counted.apply(batch("anlage", 1, NOW_MS, TELEO))
    counted.apply(batch("teleo-acd", 1, NOW_MS, NORD, TELEO))
    centre.clock.pass_seconds(200)
    counted.apply(batch("anlage", 2, centre.clock.now_ms))
    publish(centre, counted)
    nordcall = Scope.of({"provider": ["Nordcall"]})
    assert states(centre, nordcall) == {NORD.hotline: "source silent for 3 minutes"}
    assert "teleo" not in "".join(centre.hub.board(nordcall, "en", DESK).fields.values())
    # Whom another feed is silent for, nobody else is.
    counted = pipeline()
    counted.apply(batch("anlage", 1, NOW_MS, TELEO))
    counted.apply(batch("nord", 1, centre.clock.now_ms, NORD))
    publish(centre, counted)
    assert states(centre, nordcall) == {NORD.hotline: ""}


def test_parts_of_a_log_and_a_saved_state_know_the_feeds_of_their_cells(centre: Centre) -> None:
    first, second = pipeline(), pipeline()
    for part, mine in ((first, (NORD,)), (second, (SERVIO,))):
        part.apply(batch("anlage", 1, NOW_MS, *(cell for cell in (NORD,) if cell in mine)))
        part.apply(batch("servio-acd", 1, NOW_MS, *(cell for cell in (SERVIO,) if cell in mine)))
    saved = b"".join(snapshot.content(snapshot.take(second, "7")))
    second = pipeline()
    snapshot.decode(saved, "").restore(second, NOW_MS)
    centre.clock.pass_seconds(200)
    for part in (first, second):
        part.apply(batch("anlage", 2, centre.clock.now_ms))
    publish(centre, first, second)
    assert (states(centre)[NORD.hotline], states(centre)[SERVIO.hotline]) == ("", "source silent for 3 minutes")


def test_where_a_picture_or_a_state_does_not_say_it_any_silent_feed_counts(centre: Centre) -> None:
    counted = pipeline()
    counted.apply(batch("anlage", 1, NOW_MS, NORD))
    counted.apply(batch("servio-acd", 1, NOW_MS, SERVIO))
    older = msgspec.structs.replace(snapshot.take(counted, "7"), named={})
    counted = pipeline()
    older.restore(counted, NOW_MS)
    centre.clock.pass_seconds(200)
    counted.apply(batch("anlage", 2, centre.clock.now_ms))
    publish(centre, counted)
    assert {states(centre)[cell.hotline] for cell in (NORD, SERVIO)} == {"source silent for 3 minutes"}
