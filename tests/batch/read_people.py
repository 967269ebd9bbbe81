"""What the lines of a queue_log say about people, line by line in file order, for the slow computation."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.batch.agents import Event
from tests.batch.read_queue_log import TALK_ENDED, whole_seconds

Home = tuple[str, str, str]
PlaceOf = Callable[[str], tuple[str, Home]]
"""The hotline that a queue serves, and where its agents are at home."""


class PeopleLog:
    """One source's lines so far; `events` by the agent's name. Nothing is known of an agent without a line."""

    def __init__(self, place_of: PlaceOf) -> None:
        self.events: dict[str, list[Event]] = {}
        self._place_of = place_of
        self._in: dict[str, set[str]] = {}
        self._lines = 0

    def take(self, line: str) -> None:
        """The next line."""
        self._lines += 1
        epoch, _, queue, agent, event, *arguments = line.split("|")
        at_ms = int(epoch) * 1000
        if event == "QUEUESTART":
            for name in sorted(self._in):
                for login in sorted(self._in[name]) or [""]:
                    self._say(name, at_ms, "lost", login)
            self._in.clear()
            return
        if agent in ("", "NONE"):
            return
        queue = "" if queue == "NONE" else queue
        everywhere = sorted(self._in.get(agent, ())) or [""]
        seconds = whole_seconds(arguments, 0)
        match event:
            case "ADDMEMBER":
                self._say(agent, at_ms, "joined", queue)
                if arguments[:1] == ["PAUSED"]:
                    self._say(agent, at_ms, "paused", queue)
            case "REMOVEMEMBER":
                self._say(agent, at_ms, "left", queue)
            case "PAUSE" | "UNPAUSE":
                self._say(agent, at_ms, f"{event.lower()}d", queue)
            case "PAUSEALL" | "UNPAUSEALL":
                for login in everywhere:
                    self._say(agent, at_ms, f"{event[:-3].lower()}d", login)
            case "CONNECT":
                self._say(agent, at_ms, "connected", queue, (whole_seconds(arguments, 2) or 0) * 1000)
            case "RINGNOANSWER" | "RINGCANCELED":
                self._say(agent, at_ms, "rang", queue, seconds or 0)
            case "WRAPUPSTART":
                self._say(agent, at_ms, "wrapping", queue, (seconds or 0) * 1000)
            case _ if event in TALK_ENDED:
                self._say(agent, at_ms, "talked", queue)

    def _say(self, agent: str, at_ms: int, kind: str, login: str, lasting_ms: int = 0) -> None:
        hotline, home = self._place_of(login) if login else ("", ("", "", ""))
        if kind == "lost":
            home = ("", "", "")
        said = Event(at_ms, self._lines, kind, login, hotline, home, lasting_ms)
        self.events.setdefault(agent, []).append(said)
        logins = self._in.setdefault(agent, set())
        if kind in ("left", "lost"):
            logins.discard(login)
        elif kind != "talked":
            logins.add(login)


def read_people(lines: Iterable[str], place_of: PlaceOf) -> dict[str, list[Event]]:
    """All events of all agents."""
    log = PeopleLog(place_of)
    for line in lines:
        log.take(line)
    return log.events
