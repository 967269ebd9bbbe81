"""What screens of one scope, language and view share: the board, its last events as bytes, the bell that wakes."""

from __future__ import annotations

import threading
from collections import deque
from typing import NamedTuple

import msgspec

from dashboard.access import Scope
from dashboard.board import Board, View
from dashboard.outlet import Outlet, chunk
from streams.query import iso

HEARTBEAT = b": the picture stands still\n\n"
_KEPT_EVENTS = 8


class Key(NamedTuple):
    """What screens must have in common to share a channel. `euros`: their readers may see money."""

    scope: Scope
    language: str
    view: View
    euros: bool = False


class Event(NamedTuple):
    """One change of a channel as it goes over the wire. `sequence` follows that of the event before without a gap."""

    sequence: int
    payload: bytes


class Channel:
    """What one key shows, the last few events of it, and the bell that wakes its streams."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.board: Board | None = None
        self.as_of_ms = 0
        self.composed_at = 0.0
        self.sequence = 0
        self.recent: deque[Event] = deque(maxlen=_KEPT_EVENTS)
        self.bell = threading.Event()
        self.streams = 0
        self._outlets: set[Outlet] = set()
        self._newest: Event | None = None
        self._snapshot: Event | None = None

    def show(self, board: Board, as_of_ms: int) -> None:
        """Takes a newly composed board over; what differs becomes an event, also when nothing does."""
        before = {} if self.board is None else self.board.fields
        changed = {name: text for name, text in board.fields.items() if before.get(name) != text}
        self.board, self.as_of_ms, self._snapshot = board, as_of_ms, None
        self.sequence += 1
        self._newest = self._event("change", changed)
        self.recent.append(self._newest)

    def snapshot(self) -> Event:
        """Everything the channel shows now; the bytes are shared by whoever asks until the next change."""
        assert self.board is not None
        if self._snapshot is None:
            self._snapshot = self._event("snapshot", self.board.fields)
        return self._snapshot

    def _event(self, kind: str, fields: dict[str, str]) -> Event:
        assert self.board is not None
        message = {
            "seq": self.sequence,
            "as_of": iso(self.as_of_ms),
            "layout": self.board.layout,
            "fields": fields,
        }
        # JSON has no raw line ends, so one data line holds it whatever stands in a name.
        return Event(self.sequence, b"event: %b\ndata: %b\n\n" % (kind.encode(), msgspec.json.encode(message)))

    def ring(self, now: float) -> None:
        """Hands the news to every stream that rests and wakes those that wait; who comes later waits for the next.

        `now`: the hub's clock, by which sessions are looked at again.
        """
        bell, self.bell = self.bell, threading.Event()
        bell.set()
        if not self._outlets:
            return
        sequence = 0 if self._newest is None else self._newest.sequence
        # Framed once for all.
        news = b"" if self._newest is None else chunk(self._newest.payload)
        heartbeat = chunk(HEARTBEAT)
        for outlet in list(self._outlets):
            # Whoever is further behind than one event wakes up and catches up by itself.
            if not (
                outlet.sequence >= sequence - 1
                and outlet.may_rest(now)
                and outlet.offer(heartbeat if outlet.sequence == sequence else news, sequence)
            ):
                self._outlets.discard(outlet)
                outlet.wake()

    def rest(self, outlet: Outlet, sequence: int) -> int:
        """Has the hub write to the outlet until it cannot; the result is the sequence it has reached.

        Returns at once where there is something newer than `sequence` already. Raises OSError where nobody reads.
        """
        if self._newest is not None and self._newest.sequence != sequence:
            return sequence
        outlet.sequence = sequence
        self._outlets.add(outlet)
        try:
            outlet.sleep()
        finally:
            self._outlets.discard(outlet)
            outlet.finish()
        return outlet.sequence

    def close(self) -> None:
        """Wakes every stream, for the last time."""
        self.bell.set()
        for outlet in list(self._outlets):
            outlet.wake()

    def since(self, sequence: int) -> Event | None:
        """What leads from `sequence` to now as one payload: the events between, or a snapshot where some are no
        longer kept or `sequence` is 0. None where nothing is new.
        """
        newest = self._newest
        if newest is None or sequence == newest.sequence:
            return None
        if sequence == newest.sequence - 1 > 0:
            return newest
        kept = list(self.recent)
        if sequence == 0 or sequence < kept[0].sequence - 1:
            return self.snapshot()
        behind = [event for event in kept if event.sequence > sequence]
        return Event(behind[-1].sequence, b"".join(event.payload for event in behind))
