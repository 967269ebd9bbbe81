"""How far the tables were read, as a plain value that travels with the facts (pure).

`newest_ms` of each table is the newest instant of a poll that was read to its end. `open` are the rows that are not
final, by table and key, with their instants. `dead` are the digests of rows that could not be read: they are still in
the table and shall not be received again. `days_read_ms` = the end of the last business day that was read again.
`reached_ms` is the newest instant so far of the poll that goes on, `last_round` that of each agent; they are not kept.
"""

from __future__ import annotations

import msgspec

ROUNDS = "vicidial_agent_log"
MOST_OPEN = 1_000
MOST_DEAD = 1_000
OPEN_HOURS = 24


class Progress(msgspec.Struct):
    """See the module."""

    newest_ms: dict[str, int] = msgspec.field(default_factory=dict)
    open: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    dead: dict[bytes, None] = msgspec.field(default_factory=dict)
    days_read_ms: int = 0
    reached_ms: dict[str, int] = msgspec.field(default_factory=dict)
    last_round: dict[bytes, int] = msgspec.field(default_factory=dict)

    def note_row(self, table: str, key: str, at_ms: int, *, is_open: bool) -> None:
        """This row was read. The oldest are left to the reading of the whole day when too many are open."""
        self.reached_ms[table] = max(self.reached_ms.get(table, 0), at_ms)
        rows = self.open.setdefault(table, {})
        rows.pop(key, None)
        if is_open:
            rows[key] = at_ms
            if len(rows) > MOST_OPEN:
                del rows[next(iter(rows))]

    def note_round(self, agent: bytes, number: int, at_ms: int, *, goes_on: bool) -> None:
        """This round of an agent was read. Whoever begins the next one does not go on with it, whatever it lacks."""
        last = self.last_round.get(agent, 0)
        if number > last:
            self.last_round[agent] = number
            self.open.get(ROUNDS, {}).pop(str(last), None)
        self.note_row(ROUNDS, str(number), at_ms, is_open=goes_on and number >= last)

    def note_dead(self, digest: bytes) -> None:
        """This row could not be read."""
        self.dead[digest] = None
        if len(self.dead) > MOST_DEAD:
            del self.dead[next(iter(self.dead))]

    def forget(self, now_ms: int) -> None:
        """What stays open for a day has no end."""
        for rows in self.open.values():
            for key in [key for key, at_ms in rows.items() if now_ms - at_ms > OPEN_HOURS * 3_600_000]:
                del rows[key]

    def polled(self, table: str) -> None:
        """A poll of this table was read to its end. Rows come in no order, so nothing was certain before."""
        reached_ms = self.reached_ms.pop(table, 0)
        if reached_ms:
            self.newest_ms[table] = max(self.newest_ms.get(table, 0), reached_ms)


def encode(progress: Progress) -> bytes:
    """The progress as bytes."""
    return msgspec.msgpack.encode((progress.newest_ms, progress.open, list(progress.dead), progress.days_read_ms))


_Wire = tuple[dict[str, int], dict[str, dict[str, int]], list[bytes], int]


def decode(data: bytes) -> Progress:
    """The progress that `encode` wrote; a new one where it cannot be read."""
    try:
        newest_ms, open_, dead, days_read_ms = msgspec.msgpack.decode(data, type=_Wire)
    except msgspec.MsgspecError:
        return Progress()
    return Progress(newest_ms, open_, dict.fromkeys(dead), days_read_ms)
