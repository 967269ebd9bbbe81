"""How a batch looks in the log: one msgpack document whose facts are columns.

Columns let the core read thousands of facts at once. Everything that repeats (cells, agents) stands once in a table
of the batch. `decode` gives the typed records back, `decode_columns` the arrays; both read the same bytes.
"""

from __future__ import annotations

import msgspec
import numpy as np

from streams.batch import Batch, Tally
from streams.columns import Columns
from streams.fact_columns import FactColumns
from streams.id_table import halves
from streams.records import (
    ID_BYTES,
    Arrived,
    Attempted,
    AtTheDoor,
    Cell,
    Door,
    Ended,
    Fact,
    GivenUp,
    Handled,
    ListCounted,
    Ordered,
    Outcome,
    Rostered,
    Seen,
    TrunkCounted,
    Worked,
)

VERSION = 1
ARRIVED, ENDED, HANDLED, GIVEN_UP, DOOR, SEEN = range(6)
NONE = -1
_NO_VISIT = bytes(ID_BYTES)
_TRANSFERRED, _ESCALATED = 1, 2

FURTHER: dict[str, FactColumns] = {
    "worked": FactColumns(Worked),
    "attempted": FactColumns(Attempted),
    "list_counted": FactColumns(ListCounted),
    "ordered": FactColumns(Ordered),
    "trunk_counted": FactColumns(TrunkCounted),
    "rostered": FactColumns(Rostered),
}
"""Facts of the families beside visits, by their tag. A further one joins with one entry here."""
_TAG: dict[type, str] = {columns.fact: tag for tag, columns in FURTHER.items()}


class UnreadableBatch(Exception):
    """The bytes are no batch of a version that this program reads. The entry goes to the dead letters."""


class _Wire(msgspec.Struct, array_like=True):
    version: int
    feed: str
    sequence: int
    collected_ms: int
    tally: Tally
    last_event_ms: int | None
    state: str
    message: str
    cells: list[bytes]
    agents: list[bytes]
    kind: bytes
    visit: bytes
    at_ms: bytes
    ref: bytes
    code: bytes
    fact_version: bytes
    handling: bytes
    places: bytes = b""
    skew_ms: int | None = None
    further: dict[str, list[bytes]] = {}
    further_cells: list[bytes] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Wire)
_cell_decoder = msgspec.msgpack.Decoder(Cell)


def encode_cell(cell: Cell) -> bytes:
    """A cell as it stands in a batch; equal cells have equal bytes, so that a reader decodes each only once."""
    return _encoder.encode(cell)


def decode_cell(encoded: bytes) -> Cell:
    """The cell that `encode_cell` wrote."""
    return _cell_decoder.decode(encoded)


def encode(batch: Batch) -> bytes:
    """The batch as bytes."""
    cells: dict[Cell, int] = {}
    agents: dict[bytes, int] = {b"": NONE}
    kind, ref, code, version = bytearray(), [], bytearray(), bytearray()
    visit: list[bytes] = []
    at_ms: list[int] = []
    handling: list[int] = []
    further: dict[str, list[msgspec.Struct]] = {}

    further_cells: dict[Cell, int] = {}

    def number_of(cell: Cell) -> int:
        return further_cells.setdefault(cell, len(further_cells))

    for fact in batch.facts:
        at_ms.append(fact.at_ms)
        match fact:
            case Arrived():
                row = ARRIVED, fact.visit, cells.setdefault(fact.cell, len(cells)), 0, 0
            case Ended():
                agent = agents.setdefault(fact.agent, len(agents) - 1)
                row = ENDED, fact.visit, agent, int(fact.outcome), fact.version
            case Handled():
                agent = agents.setdefault(fact.agent, len(agents) - 1)
                flags = _TRANSFERRED * fact.transferred | _ESCALATED * fact.escalated
                row = HANDLED, fact.visit, agent, flags, fact.version
                handling += (
                    fact.talk_ms,
                    NONE if fact.hold_ms is None else fact.hold_ms,
                    NONE if fact.acw_ms is None else fact.acw_ms,
                )
            case GivenUp():
                row = GIVEN_UP, fact.visit, NONE, 0, 0
            case AtTheDoor():
                row = DOOR, fact.visit, cells.setdefault(fact.cell, len(cells)), int(fact.door), 0
            case Seen():
                row = SEEN, _NO_VISIT, cells.setdefault(fact.cell, len(cells)), 0, 0
            case _:
                at_ms.pop()
                further.setdefault(_TAG[type(fact)], []).append(fact)
                continue
        kind.append(row[0])
        visit.append(row[1])
        ref.append(row[2])
        code.append(row[3])
        version.append(row[4])
    of_families = {tag: FURTHER[tag].encode(facts, number_of) for tag, facts in further.items()}
    return _encoder.encode(
        _Wire(
            VERSION,
            batch.feed,
            batch.sequence,
            batch.collected_ms,
            batch.tally,
            batch.last_event_ms,
            batch.state,
            batch.message,
            [encode_cell(cell) for cell in cells],
            [agent for agent in agents if agent],
            bytes(kind),
            b"".join(visit),
            np.array(at_ms, "<i8").tobytes(),
            np.array(ref, "<i4").tobytes(),
            bytes(code),
            bytes(version),
            np.array(handling, "<i4").tobytes(),
            np.array(_places(batch), "<u4").tobytes(),
            batch.skew_ms,
            of_families,
            [encode_cell(cell) for cell in further_cells],
        )
    )


def _places(batch: Batch) -> list[int]:
    """The places in the order in which the facts stand in the bytes."""
    tags = [_TAG.get(type(fact), "") for fact in batch.facts]
    if not any(tags) or not batch.places:
        return batch.places
    order = list(dict.fromkeys(["", *tags]))
    return [place for tag in order for place, of in zip(batch.places, tags, strict=True) if of == tag]


def encode_columns(columns: Columns) -> bytes:
    """The bytes that `decode_columns` reads these from."""
    return _encoder.encode(
        _Wire(
            VERSION,
            columns.feed,
            columns.sequence,
            columns.collected_ms,
            columns.tally,
            columns.last_event_ms,
            columns.state,
            columns.message,
            columns.cells,
            columns.agents,
            columns.kind.tobytes(),
            columns.visit.tobytes(),
            columns.at_ms.tobytes(),
            columns.ref.tobytes(),
            columns.code.tobytes(),
            columns.version.tobytes(),
            columns.handling.tobytes(),
            columns.places.tobytes(),
            columns.skew_ms,
            {tag: FURTHER[tag].packed(table) for tag, table in columns.further.items()},
            list(columns.further_cells),
        )
    )


def decode_columns(payload: bytes) -> Columns:
    """The batch as arrays, without making a record of each fact. Raises `UnreadableBatch`."""
    try:
        wire = _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        message = f"log entry of {len(payload)} bytes is no batch: {error}"
        raise UnreadableBatch(message) from error
    if wire.version != VERSION:
        message = f"log entry has version {wire.version}, this program reads {VERSION}: start the newer program"
        raise UnreadableBatch(message)
    unknown = sorted(set(wire.further) - set(FURTHER))
    if unknown:
        message = f"log entry holds facts {', '.join(unknown)}, unknown to this program: start the newer program"
        raise UnreadableBatch(message)
    try:
        further = {tag: FURTHER[tag].table(columns) for tag, columns in wire.further.items()}
    except (ValueError, IndexError) as error:
        message = f"log entry of {len(payload)} bytes has facts that do not fit: {error}"
        raise UnreadableBatch(message) from error
    try:
        return Columns(
            wire.feed,
            wire.sequence,
            wire.collected_ms,
            wire.tally,
            wire.last_event_ms,
            wire.state,
            wire.message,
            wire.cells,
            wire.agents,
            np.frombuffer(wire.kind, np.uint8),
            halves(wire.visit),
            np.frombuffer(wire.at_ms, "<i8"),
            np.frombuffer(wire.ref, "<i4"),
            np.frombuffer(wire.code, np.uint8),
            np.frombuffer(wire.fact_version, np.uint8),
            np.frombuffer(wire.handling, "<i4").reshape(-1, 3),
            np.frombuffer(wire.places, "<u4"),
            wire.skew_ms,
            further,
            wire.further_cells,
        )
    except ValueError as error:
        message = f"log entry of {len(payload)} bytes is no batch: its columns are cut off: {error}"
        raise UnreadableBatch(message) from error


def decode(payload: bytes) -> Batch:
    """The batch as typed records, those of visits first. Raises `UnreadableBatch`."""
    columns = decode_columns(payload)
    handling = iter(columns.handling.tolist())
    cells = [decode_cell(cell) for cell in columns.cells]
    facts: list[Fact] = []
    rows = zip(
        columns.kind.tolist(),
        np.ascontiguousarray(columns.visit).view(f"V{ID_BYTES}").reshape(-1).tolist(),
        columns.at_ms.tolist(),
        columns.ref.tolist(),
        columns.code.tolist(),
        columns.version.tolist(),
        strict=True,
    )
    for kind, visit, at_ms, ref, code, version in rows:
        agent = columns.agents[ref] if kind in (ENDED, HANDLED) and ref != NONE else b""
        if kind == ARRIVED:
            facts.append(Arrived(visit, at_ms, cells[ref]))
        elif kind == ENDED:
            facts.append(Ended(visit, at_ms, Outcome(code), agent, version))
        elif kind == HANDLED:
            talk_ms, hold_ms, acw_ms = next(handling)
            facts.append(
                Handled(
                    visit,
                    at_ms,
                    talk_ms,
                    None if hold_ms == NONE else hold_ms,
                    None if acw_ms == NONE else acw_ms,
                    bool(code & _TRANSFERRED),
                    bool(code & _ESCALATED),
                    agent,
                    version,
                )
            )
        elif kind == GIVEN_UP:
            facts.append(GivenUp(visit, at_ms))
        elif kind == DOOR:
            facts.append(AtTheDoor(visit, at_ms, Door(code), cells[ref]))
        else:
            facts.append(Seen(at_ms, cells[ref]))
    named = [decode_cell(cell) for cell in columns.further_cells]
    for tag, table in columns.further.items():
        facts += FURTHER[tag].facts(table, named)
    return Batch(
        columns.feed,
        columns.sequence,
        columns.collected_ms,
        columns.tally,
        facts,
        columns.last_event_ms,
        columns.state,
        columns.message,
        columns.places.tolist(),
        columns.skew_ms,
    )
