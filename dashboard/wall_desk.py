"""The pages on which walls are made: boards, how the wall behaves, and its links.

Only walls within the own scope are there, and none is made that shows more. What is saved reaches the screens within
seconds.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, make_response, redirect, request
from msgspec.structs import replace

from dashboard import formats
from dashboard.access import Refused, Scope
from dashboard.administration import scope_choices, scope_values_of_form
from dashboard.board import View
from dashboard.form_page import form_page
from dashboard.sessions import caller, language_of
from dashboard.users import LANGUAGES
from dashboard.wall_form import board_of_form, levels, shifted, wall_of_form
from dashboard.wall_plan import GROUPS, PALETTES, BoardPlan, WallPlan
from dashboard.walls import Link, Wall
from dashboard.wording.administration import administration_words
from dashboard.wording.walls import WallsWording, walls_words

if TYPE_CHECKING:
    from dashboard.app import PageContext

_log = logging.getLogger(__name__)


def register(app: Flask, context: PageContext) -> None:
    """Adds GET and POST /walls, /walls/NUMBER and what is done there."""
    walls = context.walls

    def text() -> WallsWording:
        return walls_words(language_of(caller()))

    def within(wall_id: int) -> Wall:
        wall = walls.wall(wall_id, caller().user.scope)
        if wall is None:
            abort(404)
        return wall

    def listed(problem: str = "", status: int = 200) -> Response:
        said, shown = text(), []
        for wall in walls.within(caller().user.scope):
            links = len(walls.links(wall.id))
            counted = said.links_none if not links else said.links_one if links == 1 else said.links.format(n=links)
            shown.append({"wall": wall, "summary": _summary(wall, said), "links": counted})
        html = form_page("walls.html", context, here="walls", ws=said, shown=shown, problem=problem)
        return make_response(html, status)

    def opened(wall: Wall, problem: str = "", status: int = 200) -> Response:
        said, language = text(), language_of(caller())
        boards = wall.plan.boards
        asked = request.values.get("board", "0")
        place = min(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0, len(boards) - 1)
        board = boards[place]
        html = form_page(
            "wall_form.html",
            context,
            here="walls",
            ws=said,
            ad=administration_words(language),
            wall=wall,
            place=place,
            chosen=board,
            levels=levels(context.compose, board),
            groups=GROUPS,
            palettes=("", *PALETTES),
            choices=scope_choices(context, wall.scope),
            preview=View("wall", plan=replace(wall.plan, boards=(board,), forward=False, sound=False)).query(),
            links=[(link, _seen(link, context.zone, language, said)) for link in walls.links(wall.id)],
            problem=problem,
            message=said.saved if request.args.get("said") == "saved" else "",
        )
        return make_response(html, status)

    def save(wall: Wall, name: str, plan: WallPlan, scope: Scope, language: str) -> None:
        if not caller().user.scope.covers(scope):
            message = "the scope reaches beyond that of whoever makes the wall"
            raise Refused(message, "scope_wider")
        walls.save(wall.id, name, plan, scope, language, wall.owner)

    def done(wall_id: int, place: int) -> Response:
        return make_response(redirect(f"/walls/{wall_id}?board={place}&said=saved", 303))

    @app.get("/walls")
    def all_walls() -> Response:
        return listed()

    @app.post("/walls")
    def make_wall() -> Response:
        user = caller().user
        try:
            language = language_of(caller())
            wall_id = walls.save(None, request.form.get("name", ""), WallPlan(), user.scope, language, user.name)
        except Refused as refused:
            return listed(text().problems[refused.why], 400)
        _log.info("account %s made wall %d", user.name, wall_id)
        return make_response(redirect(f"/walls/{wall_id}", 303))

    @app.get("/walls/<int:wall_id>")
    def one_wall(wall_id: int) -> Response:
        return opened(within(wall_id))

    @app.post("/walls/<int:wall_id>")
    def save_wall(wall_id: int) -> Response:
        wall, form = within(wall_id), request.form
        language = form.get("language", "")
        try:
            save(
                wall,
                form.get("name", ""),
                wall_of_form(form, wall.plan),
                Scope.of(scope_values_of_form()),
                language if language in LANGUAGES else wall.language,
            )
        except Refused as refused:
            return opened(wall, text().problems[refused.why], 400)
        return done(wall_id, 0)

    @app.post("/walls/<int:wall_id>/board")
    def save_wall_board(wall_id: int) -> Response:
        wall, form = within(wall_id), request.form
        boards = list(wall.plan.boards)
        place = form.get("board", type=int, default=0)
        if not 0 <= place < len(boards):
            abort(409, "the wall has other boards by now")
        boards[place] = board_of_form(form, boards[place])
        act = form.get("act", "")
        if act == "add":
            boards.append(BoardPlan())
            place = len(boards) - 1
        elif act == "drop" and len(boards) > 1:
            del boards[place]
            place = max(0, place - 1)
        elif act in ("earlier", "later"):
            boards, place = shifted(boards, place, -1 if act == "earlier" else 1)
        try:
            save(wall, wall.name, replace(wall.plan, boards=tuple(boards)), wall.scope, wall.language)
        except Refused as refused:
            return opened(wall, text().problems[refused.why], 400)
        return done(wall_id, place)

    @app.post("/walls/<int:wall_id>/links")
    def make_wall_link(wall_id: int) -> Response:
        wall, name = within(wall_id), request.form.get("name", "")
        try:
            token = walls.add_link(wall_id, name, caller().user.name)
        except Refused as refused:
            return opened(wall, text().problems[refused.why], 400)
        _log.info("account %s made a link to wall %d", caller().user.name, wall_id)
        link = f"{context.base_url()}/wall/open#{token}"
        return make_response(
            form_page("wall_link.html", context, here="walls", ws=text(), wall=wall, link=link, link_name=name.strip())
        )

    @app.post("/walls/<int:wall_id>/links/<int:link_id>/revoke")
    def revoke_wall_link(wall_id: int, link_id: int) -> Response:
        walls.revoke(within(wall_id).id, link_id)
        _log.info("account %s ended link %d of wall %d", caller().user.name, link_id, wall_id)
        return done(wall_id, 0)

    @app.post("/walls/<int:wall_id>/remove")
    def remove_wall(wall_id: int) -> Response:
        walls.remove(within(wall_id).id)
        _log.info("account %s removed wall %d", caller().user.name, wall_id)
        return make_response(redirect("/walls", 303))


def _summary(wall: Wall, said: WallsWording) -> str:
    boards = len(wall.plan.boards)
    return said.summary.format(
        boards=said.boards_one if boards == 1 else said.boards.format(n=boards),
        seconds=wall.plan.seconds,
        palette=said.palettes[wall.plan.palette],
    )


def _seen(link: Link, zone: str, language: str, said: WallsWording) -> str:
    if link.seen_ms is None:
        return said.screens_none
    seen = formats.moment(link.seen_ms, zone, language)
    return said.screens_one.format(seen=seen) if link.screens == 1 else said.screens.format(n=link.screens, seen=seen)
