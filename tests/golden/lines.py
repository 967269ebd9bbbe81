"""Makes up a day of a queue_log: lines as Asterisk writes them, from a seed. Used once, when a day is recorded."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Traffic:
    """What happens on the day. Instants are seconds since the epoch; shares are between 0 and 1.

    `restarts`: (from, to) of the times in which nothing is written; at the end the system comes up again and calls
    that waited at the beginning are lost. `transfers`: share of answered calls that go on into another queue,
    `reentries`: share of calls that leave a queue and enter it again.
    """

    seed: int
    begins: int
    ends: int
    queues: tuple[str, ...]
    calls: int
    restarts: tuple[tuple[int, int], ...] = ()
    transfers: float = 0.1
    reentries: float = 0.02
    crowded: tuple[int, int] | None = None


class Day:
    """Collects lines by second; lines of the same second stay in the order in which they happened."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._chance = random.Random(traffic.seed)
        self._lines: list[tuple[int, str]] = []

    def lines(self) -> list[str]:
        """The whole file, in the order in which it was written."""
        traffic, chance = self._traffic, self._chance
        self._write(traffic.begins, "NONE", "NONE", "NONE", "CONFIGRELOAD", "")
        for number in range(traffic.calls):
            at = chance.randrange(traffic.begins, traffic.ends - 600)
            if traffic.crowded is not None and chance.random() < 0.3:
                at = chance.randrange(*traffic.crowded)
            self._enter(at, f"{at}.{number}", chance.choice(traffic.queues))
        for begin, end in traffic.restarts:
            self._lines = [(at, line) for at, line in self._lines if not begin <= at < end]
            self._write(end, "NONE", "NONE", "NONE", "QUEUESTART", "")
            self._lines.append((begin - 1, f"{begin - 1}|cut off in the mid"))
        # The line of a restart comes before whatever happens in the same second.
        self._lines.sort(key=lambda line: (line[0], "QUEUESTART" not in line[1]))
        return [line for _, line in self._lines]

    def _write(self, at: int, *fields: object) -> None:
        self._lines.append((at, "|".join(map(str, (at, *fields)))))

    def _enter(self, at: int, call: str, queue: str) -> None:
        chance = self._chance
        kind = chance.random()
        if kind < 0.03:
            self._write(at, call, queue, "NONE", chance.choice(("FULL", "CLOSED", "JOINEMPTY")), "")
            return
        self._write(at, call, queue, "NONE", "ENTERQUEUE", "", chance.randrange(10**6), 1)
        wait = chance.choice((0, 4, 5, 6, 19, 20, 21, 60, chance.randrange(300), chance.randrange(40)))
        out = at + wait
        if kind < 0.15:
            self._write(out, call, queue, "NONE", "ABANDON", 1, 1, wait)
        elif kind < 0.15 + self._traffic.reentries:
            self._write(out, call, queue, "NONE", "EXITWITHTIMEOUT", 1, 1, wait)
            self._enter(out + chance.choice((0, 1, 30)), call, queue)
        elif kind < 0.2:
            self._write(out, call, queue, "NONE", "EXITWITHKEY", 5, 1, 1, wait)
        elif kind < 0.21:
            self._write(out, call, queue, "NONE", "SOMETHINGNEW", wait)
        else:
            self._answer(out, call, queue, wait)

    def _answer(self, at: int, call: str, queue: str, wait: int) -> None:
        chance = self._chance
        agent = f"agent{chance.randrange(30)}"
        if wait > 10 and chance.random() < 0.2:
            self._write(at - 5, call, queue, f"agent{chance.randrange(30)}", "RINGNOANSWER", 5000)
        self._write(at, call, queue, agent, "CONNECT", wait, call, 2)
        talk = chance.choice((1, 45, chance.randrange(600)))
        end = at + talk
        if chance.random() < self._traffic.transfers:
            self._write(end, call, queue, agent, "BLINDTRANSFER", 77, "internal", wait, talk, 1)
            self._enter(end + 1, call, chance.choice(self._traffic.queues))
            return
        event = chance.choice(("COMPLETECALLER", "COMPLETEAGENT"))
        self._write(end, call, queue, agent, event, wait, talk, 1)
        if chance.random() < 0.4:
            self._write(end, "NONE", queue, agent, "WRAPUPSTART", chance.randrange(5, 60))
