"""Walls in the database: their plans, the links that open them, and the screens that were opened.

A link is known by its token, a screen by its cookie; the database holds their digests. A screen can read its one wall
and nothing else, as long as its link is there.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row

from dashboard.access import Refused, Scope
from dashboard.database import LOST, WALL_LINKS, WALL_SCREENS, WALLS
from dashboard.rights import Rights, count_revision
from dashboard.session_store import digest_of
from dashboard.wall_plan import LONGEST_NAME, WallPlan, check, from_text, to_text

MOST_SCREENS = 20
"""Of one link. A browser that forgets its cookie is a new screen at every start: the one unseen for longest goes."""

MOST_LINKS = 50
MOST_WALLS = 200
_NOTE_SEEN_AFTER_MS = 60_000
"""So long an open wall outlives the database; a link that ends meanwhile is not noticed."""


@dataclass(frozen=True)
class Wall:
    """One wall. `scope` is what its screens may see, whoever made it; `changed_ms` is another after every change."""

    id: int
    name: str
    plan: WallPlan
    scope: Scope
    language: str
    owner: str
    changed_ms: int


@dataclass(frozen=True)
class Link:
    """One link. `screens`: how many were opened by it; `seen_ms`: when the last of them was last on, None: never."""

    id: int
    wall_id: int
    name: str
    created_by: str
    created_ms: int
    screens: int
    seen_ms: int | None


@dataclass(frozen=True)
class Screen:
    """One browser that shows a wall. `cookie` is known to it only."""

    cookie: str
    link_id: int
    wall: Wall
    seen_ms: int


class Walls:
    """The walls. `clock` gives UTC milliseconds."""

    def __init__(self, database: Engine, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        self._open: dict[str, Screen] = {}
        self._rights = Rights(database)

    def within(self, scope: Scope) -> list[Wall]:
        """All walls that show nothing outside this scope, by name."""
        with self._database.connect() as connection:
            rows = connection.execute(select(WALLS).order_by(WALLS.c.name, WALLS.c.id)).all()
        return [wall for wall in map(_wall, rows) if scope.covers(wall.scope)]

    def wall(self, wall_id: int, scope: Scope) -> Wall | None:
        """The wall of this number; None where there is none, or one that shows more than this scope."""
        with self._database.connect() as connection:
            row = connection.execute(select(WALLS).where(WALLS.c.id == wall_id)).first()
        wall = None if row is None else _wall(row)
        return wall if wall is not None and scope.covers(wall.scope) else None

    def save(self, wall_id: int | None, name: str, plan: WallPlan, scope: Scope, language: str, owner: str) -> int:
        """Makes a wall, or changes the one of this number; its screens show that within seconds. Returns the number.

        Raises `Refused` whose `why` is a key of `wording.walls.problems`.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            _refuse("a name of 1 to 64 printable characters", "name")
        check(plan)
        now_ms = self._clock()
        row = {
            "name": name,
            "plan": to_text(plan),
            "scope": msgspec.json.encode(dict(scope.values)).decode(),
            "language": language,
            "changed_ms": now_ms,
        }
        with self._database.begin() as connection:
            if wall_id is None:
                if (connection.execute(select(func.count()).select_from(WALLS)).scalar() or 0) >= MOST_WALLS:
                    _refuse("fewer of them", "many")
                key = connection.execute(insert(WALLS).values(row | {"owner": owner, "created_ms": now_ms}))
                assert key.inserted_primary_key is not None
                return int(key.inserted_primary_key[0])
            connection.execute(update(WALLS).where(WALLS.c.id == wall_id).values(row))
            count_revision(connection)
            return wall_id

    def remove(self, wall_id: int) -> None:
        """Takes a wall away with all its links; its screens say so within seconds."""
        with self._database.begin() as connection:
            for (link_id,) in connection.execute(select(WALL_LINKS.c.id).where(WALL_LINKS.c.wall_id == wall_id)).all():
                _end(connection, link_id)
            connection.execute(delete(WALLS).where(WALLS.c.id == wall_id))
            count_revision(connection)

    def add_link(self, wall_id: int, name: str, created_by: str) -> str:
        """A new link to this wall; the result is its token, which nobody can learn again. Raises `Refused`."""
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            _refuse("a name of 1 to 64 printable characters", "link")
        token = secrets.token_urlsafe(32)
        row = {"wall_id": wall_id, "name": name, "token_digest": digest_of(token), "created_by": created_by}
        with self._database.begin() as connection:
            known = select(func.count()).select_from(WALL_LINKS).where(WALL_LINKS.c.wall_id == wall_id)
            if (connection.execute(known).scalar() or 0) >= MOST_LINKS:
                _refuse("fewer of them", "many")
            connection.execute(insert(WALL_LINKS).values(row | {"created_ms": self._clock()}))
        return token

    def links(self, wall_id: int) -> list[Link]:
        """The links of a wall, the oldest first."""
        screens = func.count(WALL_SCREENS.c.cookie_digest).label("screens")
        wanted = (
            select(WALL_LINKS, screens, func.max(WALL_SCREENS.c.seen_ms).label("seen_ms"))
            .outerjoin(WALL_SCREENS)
            .where(WALL_LINKS.c.wall_id == wall_id)
            .group_by(*WALL_LINKS.c)
            .order_by(WALL_LINKS.c.created_ms, WALL_LINKS.c.id)
        )
        with self._database.connect() as connection:
            rows = connection.execute(wanted).all()
        return [
            Link(row.id, row.wall_id, row.name, row.created_by, row.created_ms, row.screens, row.seen_ms)
            for row in rows
        ]

    def revoke(self, wall_id: int, link_id: int) -> None:
        """Ends a link of this wall for good, and whatever was opened by it."""
        with self._database.begin() as connection:
            same = (WALL_LINKS.c.id == link_id) & (WALL_LINKS.c.wall_id == wall_id)
            if connection.execute(select(WALL_LINKS.c.id).where(same)).first() is not None:
                _end(connection, link_id)
                count_revision(connection)

    def open(self, token: str) -> Screen | None:
        """Exchanges a link's token for a new screen; None where there is no such link (any more)."""
        now_ms, cookie = self._clock(), secrets.token_urlsafe(32)
        with self._database.begin() as connection:
            link = select(WALL_LINKS.c.id).where(WALL_LINKS.c.token_digest == digest_of(token))
            link_id = connection.execute(link).scalar()
            if link_id is None:
                return None
            of_link = WALL_SCREENS.c.link_id == link_id
            kept = select(WALL_SCREENS.c.cookie_digest).where(of_link).order_by(WALL_SCREENS.c.seen_ms.desc())
            too_many = [row[0] for row in connection.execute(kept.offset(MOST_SCREENS - 1)).all()]
            connection.execute(delete(WALL_SCREENS).where(WALL_SCREENS.c.cookie_digest.in_(too_many)))
            row = {"cookie_digest": digest_of(cookie), "link_id": link_id, "opened_ms": now_ms, "seen_ms": now_ms}
            connection.execute(insert(WALL_SCREENS).values(row))
        return self.screen(cookie)

    def screen(self, cookie: str) -> Screen | None:
        """The screen of this cookie as it stands now; None where its link ended or never was."""
        wanted = (
            select(WALLS, WALL_SCREENS.c.link_id, WALL_SCREENS.c.seen_ms)
            .join(WALL_LINKS, WALL_LINKS.c.wall_id == WALLS.c.id)
            .join(WALL_SCREENS, WALL_SCREENS.c.link_id == WALL_LINKS.c.id)
        )
        with self._database.connect() as connection:
            row = connection.execute(wanted.where(WALL_SCREENS.c.cookie_digest == digest_of(cookie))).first()
        return None if row is None else Screen(cookie, row.link_id, _wall(row), row.seen_ms)

    def still_open(self, cookie: str) -> Screen | None:
        """Like `screen`, for streams: remembered until rights or walls change, looked up once a second at most.

        While the database does not answer, what is remembered stands, for five minutes; then None.
        """
        now_ms = self._clock()
        if self._rights.changed(now_ms):
            self._open.clear()
        screen = self._open.get(cookie)
        if screen is None:
            with suppress(*LOST):
                screen = self.screen(cookie)
            if screen is not None:
                self._open[cookie] = screen
        return screen if self._rights.hold(now_ms) else None

    def note_seen(self, screen: Screen) -> None:
        """The screen is on: written once a minute at most, and not while the database does not answer."""
        now_ms = self._clock()
        if now_ms - screen.seen_ms < _NOTE_SEEN_AFTER_MS:
            return
        digest = digest_of(screen.cookie)
        with suppress(*LOST), self._database.begin() as connection:
            same = WALL_SCREENS.c.cookie_digest == digest
            connection.execute(update(WALL_SCREENS).where(same).values(seen_ms=now_ms))
        self._open.pop(screen.cookie, None)

    def forget(self, screen: Screen) -> None:
        """Nobody streams to this screen any more."""
        self._open.pop(screen.cookie, None)


def _refuse(wanted: str, why: str) -> NoReturn:
    message = f"there has to be {wanted}"
    raise Refused(message, why)


def _end(connection: Connection, link_id: int) -> None:
    connection.execute(delete(WALL_SCREENS).where(WALL_SCREENS.c.link_id == link_id))
    connection.execute(delete(WALL_LINKS).where(WALL_LINKS.c.id == link_id))


def _wall(row: Row[Any]) -> Wall:
    scope = Scope.of(msgspec.json.decode(row.scope, type=dict[str, list[str]]))
    return Wall(row.id, row.name, from_text(row.plan), scope, row.language, row.owner, row.changed_ms)
