"""The page of the design: every component in every state and every set of colours, for whoever runs or changes it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Flask, request
from markupsafe import Markup

from dashboard.board import Board, View, render, render_passport
from dashboard.design_examples import example, example_campaigns, example_wall
from dashboard.page import page
from dashboard.wall_plan import PALETTES
from dashboard.wording.design import design_words
from dashboard.wording.entry import entry_words

if TYPE_CHECKING:
    from dashboard.app import PageContext

TEXTS = ("ink", "soft", "faint", "accent", "good", "warn", "bad", "lost")
GROUNDS = ("ground", "panel", "raised", "wash", "hatch")
"""Every text token is read on every ground token; the contrast of all pairs is tested."""

_MOODS = (("bad", "warn", "good"), ("warn", "good"), ("good",), ("good", "few"), ("few",), ("empty",), ("lost",))


def register(app: Flask, context: PageContext) -> None:
    """Adds `/design`; `set` names the set of colours."""

    @app.get("/design")
    def design() -> str:
        visitor = context.visitor()
        language = visitor.language
        asked = request.args.get("set", "")
        chosen = asked if asked in PALETTES else "light"
        phone, wall, desk = View("phone"), example_wall(language), example(language, View("desk"))
        all_rows = example(language, phone)
        few_rows = ("bad", "good")
        return page(
            "design.html",
            replace(visitor, theme=chosen),
            context.assets,
            here="design",
            d=design_words(language),
            entry=entry_words(language),
            chosen=chosen,
            sets=PALETTES,
            texts=TEXTS,
            grounds=GROUNDS,
            all_rows=all_rows,
            rows=_quiet(all_rows),
            campaigns=_quiet(example_campaigns(language)),
            wall=_quiet(wall),
            table=_quiet(desk),
            sentences=[example(language, phone, states).fields for states in _MOODS],
            two=_quiet(example(language, phone, few_rows)),
            loading=_quiet(example(language, phone, few_rows, as_of_ms=0)),
            nothing=_quiet(example(language, phone, ())),
            no_feeds=_quiet(example(language, phone, (), feeds=0)),
            passport=Markup(  # noqa: S704 - our own template, escaped there
                render_passport(all_rows, all_rows.tiles[0].source.id, "service_level")
            ),
        )


def _quiet(board: Board) -> Markup:
    """The board's HTML as a picture of itself: with nothing that a script would bring to life, and no id twice."""
    html = render(board).replace('id="board" class="', 'class="board ').replace("<h1", "<p").replace("</h1>", "</p>")
    return Markup(re.sub(r' (?:id|data-[ak]|role|data-go)="[^"]*"', "", html))  # noqa: S704 - as above
