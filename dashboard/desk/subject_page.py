"""The pages of one hotline or campaign: what their addresses ask for, and what Dash draws on them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from dash import html
from flask import abort

from dashboard.access import Permission
from dashboard.answers import Answers
from dashboard.api import Busy, NotKept
from dashboard.board import View
from dashboard.desk import campaign, drawn_sheet, hotline
from dashboard.desk.asked import SUBJECTS, Asked, Subject, address_of
from dashboard.desk.attributes import attributes
from dashboard.desk.dates import clock_of_day, period_name
from dashboard.desk.money_sheet import money
from dashboard.desk.period import KINDS, read_period
from dashboard.desk.sheet import Drawn, Sheet
from dashboard.page import page
from dashboard.sessions import caller
from dashboard.tile import PAIRS
from dashboard.wording.desk_pages import desk_words
from streams.days import SiteClock
from streams.log import LogUnavailable
from streams.query import matches
from streams.question import WrongQuestion

if TYPE_CHECKING:
    from dashboard.app import PageContext

UNANSWERED = (NotKept, Busy, LogUnavailable, WrongQuestion)
"""What the answers raise where a page says why it has no figures."""

_PREFIX = "/desk/"


def subject_of(path: str) -> Subject | None:
    """Of what the page at this path is; None: it is another page."""
    name = path.removeprefix(_PREFIX)
    return next((known for known in SUBJECTS if known == name), None)


class SubjectPages:
    """These pages for the reader of the current request."""

    def __init__(self, context: PageContext) -> None:
        self._context = context

    @cached_property
    def answers(self) -> Answers:
        """What the pages ask."""
        return Answers(self._context.hub, self._context.figures)

    def asked(self, path: str, query: Mapping[str, str]) -> Asked | None:
        """What an address asks for; None where the reader knows nothing of that name, whether it exists or not."""
        subject, name = subject_of(path), query.get("name", "")
        user = caller().user
        if subject is None or not name or name not in self._context.known_values(user.scope)[subject]:
            return None
        period = read_period(query, self._clock(subject, name), self._context.figures.now_ms())
        return Asked(subject, name, period, user.scope, user.role, self._context.visitor().language)

    def asked_at(self, address: Any) -> Asked | None:
        """The same of a whole address, as the page's script tells it."""
        if not isinstance(address, str):
            return None
        parts = urlsplit(address)
        return self.asked(parts.path, dict(parse_qsl(parts.query)))

    def _clock(self, subject: Subject, name: str) -> SiteClock:
        """The clock that all its cells share, else the default one."""
        figures, scope = self._context.figures, caller().user.scope
        where: dict[str, set[str]] = {subject: {name}}
        cells = (*figures.configured, *(reading.cell for reading in self._context.hub.readings(scope)))
        clocks = {figures.clock_of(cell.site) for cell in cells if scope.admits(cell) and matches(cell, where)}
        return clocks.pop() if len(clocks) == 1 else figures.clock_of("")

    def index(self, path: str, query: Mapping[str, str], of_dash: Mapping[str, str]) -> str:
        """The page's HTML, with its live head. A name that the reader does not know is not found."""
        asked = self.asked(path, query)
        if asked is None:
            abort(404)
        text, period = desk_words(asked.language), asked.period
        board = tile = None
        if asked.subject == "hotline":
            board = self._context.compose(View("desk", group="hotline"))
            tile = next((each for each in board.tiles if each.source.key == (asked.name,)), None)
        after = period.after()
        return page(
            "desk_page.html",
            self._context.visitor(),
            self._context.assets,
            own_title=True,
            subject=asked.subject,
            called=asked.name,
            dw=text,
            tile=tile,
            f=board.fields if board is not None else {},
            pairs=PAIRS,
            period=period,
            period_name=period_name(period, text),
            today=read_period({"period": "day"}, period.clock, self._context.figures.now_ms()).last.isoformat(),
            kinds=[(kind, address_of(asked.name, period.in_kind(kind))) for kind in KINDS],
            before=address_of(asked.name, period.before()),
            after=None if after is None else address_of(asked.name, after),
            **({"board": board, "follows": board.view.query()} if board is not None and tile is not None else {}),
            **of_dash,
        )

    def layout(self) -> list[Any]:
        """What Dash draws at first: where the script tells it the address, and where the figures will be."""
        visitor = self._context.visitor()
        text = desk_words(visitor.language)
        listening = [
            html.Div(id=name, hidden=True, **attributes(data_at="")) for name in ("address", "refresh", "shown")
        ]
        figures = html.Div(id="sheets", **attributes(data_word=text.counting, data_busy=""))
        # Where it is not there Dash does not ask for it.
        money = [html.Div(id="money")] if Permission.EUROS in visitor.may else []
        return [*listening, figures, *money]

    def sheets(self, asked: Asked) -> Mapping[str, Sheet]:
        """The sheets of the period, but for money."""
        make = hotline.sheets if asked.subject == "hotline" else campaign.sheets
        return make(asked, self.answers, self._context.figures)

    def money(self, asked: Asked) -> Sheet:
        """The money of the period; of what is running the live windows. Without the permission it has no lines."""
        figures, period = self._context.figures, asked.period
        if period.lives:
            rows = self.answers.windows(asked.scope, asked.role, asked.of_now())
        else:
            rows = self.answers.intervals(asked.scope, asked.role, asked.total(), with_money=True)
        return money(rows, Drawn(period, desk_words(asked.language), figures.options))

    def drawn(self, address: Any) -> Any:
        """The figures of an address."""
        asked = self.asked_at(address)
        if asked is None:
            return html.P(desk_words(self._context.visitor().language).gone, className="soft")
        beside: list[Any] = []
        if asked.subject == "hotline":
            beside = hotline.of_now(asked, self.answers, self._context.hub, self._context.figures.now_ms())
        try:
            found = self.sheets(asked)
        except UNANSWERED as error:
            content = [drawn_sheet.said(said_of(error, asked.language)), html.Div(beside, className="side")]
        else:
            content = hotline.drawn(found, asked, beside) if beside else campaign.drawn(found, asked)
        return html.Div(
            [html.P(counted_how(asked), className="soft counted"), html.Div(content, className="sheets")],
            **attributes(data_shown=str(address).partition("#")[0]),
        )

    def drawn_money(self, address: Any) -> Any:
        """The money of an address; nothing where no contract, cost or order is about it."""
        asked = self.asked_at(address)
        if asked is None or self._context.figures.money_for(asked.role) is None:
            return []
        try:
            sheet = self.money(asked)
        except UNANSWERED as error:
            return html.Div(drawn_sheet.said(said_of(error, asked.language)), className="sheets")
        return html.Div(drawn_sheet.cards(sheet, asked, titled=True), className="sheets") if sheet.table.rows else []


def said_of(error: Exception, language: str) -> str:
    """Why there are no figures, for people."""
    text = desk_words(language)
    if isinstance(error, NotKept):
        return text.not_kept
    if isinstance(error, WrongQuestion):
        return text.too_many
    return text.busy if isinstance(error, Busy) else text.unanswered


def counted_how(asked: Asked) -> str:
    """At which instant things count on the page, and up to when."""
    text, period = desk_words(asked.language), asked.period
    basis = text.by_arrival if asked.subject == "hotline" else text.by_attempt
    if not period.running:
        return basis
    until = text.until.format(time=clock_of_day(period.to_ms, period.clock.zone))
    return f"{basis} · {until}"
