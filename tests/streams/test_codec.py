"""A batch as bytes: everything comes back, and what is no batch is told apart."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.batch import Batch, Tally
from streams.codec import NONE, VERSION, UnreadableBatch, decode, decode_cell, decode_columns, encode, encode_cell
from streams.records import (
    Arrived,
    AtTheDoor,
    Cell,
    Door,
    Ended,
    Fact,
    GivenUp,
    Handled,
    Outcome,
    Seen,
    Supplies,
)
from streams.store import FeedReport

_instants = st.integers(0, 2**47)
_ids = st.binary(min_size=16, max_size=16)
_names = st.text(max_size=12)
_ms = st.integers(0, 2**31 - 1)
_cells = st.builds(
    Cell,
    _names,
    provider=_names,
    team=_names,
    threshold_ms=_ms,
    short_abandon_ms=_ms,
    supplies=st.sampled_from([int(Supplies.TALK), 0, 15]),
    configured=st.booleans(),
)
_versions = st.integers(0, 255)
_agents = st.one_of(st.just(b""), _ids)
_facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Arrived, _ids, _instants, _cells),
    st.builds(Ended, _ids, _instants, st.sampled_from(Outcome), _agents, _versions),
    st.builds(
        Handled,
        _ids,
        _instants,
        _ms,
        st.none() | _ms,
        st.none() | _ms,
        st.booleans(),
        st.booleans(),
        _agents,
        _versions,
    ),
    st.builds(GivenUp, _ids, _instants),
    st.builds(AtTheDoor, _ids, _instants, st.sampled_from(Door), _cells),
    st.builds(Seen, _instants, _cells),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_facts, max_size=12), st.none() | _instants, _names)
def test_every_batch_comes_back(facts: list[Fact], last_event_ms: int | None, message: str) -> None:
    tally = Tally(received=5, counted=3, skipped=1, dead=1, skip_reasons={"event:X": 1})
    batch = Batch("feed", 7, 9, tally, facts, last_event_ms, "error", message)
    assert decode(encode(batch)) == batch


def test_repeated_cells_and_agents_stand_once() -> None:
    cell, agent = Cell("A"), b"a" * 16
    facts: list[Fact] = []
    for number in range(50):
        visit = number.to_bytes(16, "big")
        facts += [Arrived(visit, number, cell), Ended(visit, number, Outcome.ANSWERED, agent)]
    columns = decode_columns(encode(Batch("feed", 1, 0, Tally(), facts)))
    assert (len(columns.cells), len(columns.agents)) == (1, 1)
    assert set(columns.ref.tolist()) == {0}


def test_no_agent_points_nowhere() -> None:
    columns = decode_columns(encode(Batch("f", 1, 0, Tally(), [Ended(b"v" * 16, 1, Outcome.ERROR)])))
    assert columns.ref.tolist() == [NONE]


def test_a_heartbeat_has_no_facts() -> None:
    columns = decode_columns(encode(Batch("f", 1, 0, Tally(), [])))
    assert columns.kind.size == columns.at_ms.size == columns.handling.size == 0


def test_equal_cells_have_equal_bytes() -> None:
    assert encode_cell(Cell("A", team="t")) == encode_cell(Cell("A", team="t")) != encode_cell(Cell("A", team="u"))
    assert decode_cell(encode_cell(Cell("Ä", threshold_ms=1))) == Cell("Ä", threshold_ms=1)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"no batch", b"\xc0", msgspec.msgpack.encode([1, 2])])
def test_other_bytes_are_unreadable(payload: bytes) -> None:
    with pytest.raises(UnreadableBatch, match=f"{len(payload)} bytes"):
        decode_columns(payload)
    with pytest.raises(UnreadableBatch):
        decode(payload)


def test_a_torn_entry_is_unreadable() -> None:
    payload = encode(Batch("f", 1, 0, Tally(), [Arrived(b"v" * 16, 1, Cell("A"))]))
    for length in range(len(payload)):
        with pytest.raises(UnreadableBatch):
            decode_columns(payload[:length])


def test_a_newer_version_is_named() -> None:
    wire = msgspec.msgpack.decode(encode(Batch("f", 1, 0, Tally(), [])))
    wire[0] = VERSION + 1
    with pytest.raises(UnreadableBatch, match=f"version {VERSION + 1}"):
        decode_columns(msgspec.msgpack.encode(wire))


@pytest.mark.parametrize("skew_ms", [None, 0, -3_600_000, 4_200])
def test_the_skew_of_the_source_comes_back(skew_ms: int | None) -> None:
    batch = Batch("acd", 1, 1, Tally(), [], skew_ms=skew_ms)
    assert decode(encode(batch)) == batch


def test_entries_and_reports_from_before_the_skew_are_read() -> None:
    batch = Batch("acd", 1, 1, Tally(1, 1), [], 7, "live", "text")
    older = msgspec.msgpack.encode(msgspec.msgpack.decode(encode(batch))[:-1])
    assert len(older) < len(encode(batch))
    assert decode(older) == batch
    known = msgspec.to_builtins(FeedReport("acd", Tally(1, 1), 1, 7, 1, "live", "text"))
    del known["skew_ms"]
    report = msgspec.msgpack.decode(msgspec.msgpack.encode(known), type=FeedReport)
    assert (report.sequence, report.message, report.skew_ms) == (1, "text", None)
