"""Who asks a page of the desk for what, and the questions that this comes down to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from dashboard.access import Role, Scope
from dashboard.desk.period import Period
from streams.question import Question

Subject = Literal["hotline", "campaign"]
SUBJECTS: tuple[Subject, ...] = ("hotline", "campaign")
"""What has a page of its own, by the dimension that its name stands on."""


@dataclass(frozen=True)
class Asked:
    """The page of one hotline or campaign over a period, for a reader."""

    subject: Subject
    name: str
    period: Period
    scope: Scope
    role: Role
    language: str

    @property
    def address(self) -> str:
        """The query of the page's address."""
        return address_of(self.name, self.period.query())

    def of_now(self) -> Question:
        """The last 30 minutes and the day, as the live board shows them."""
        return Question(where={self.subject: frozenset({self.name})})

    def total(self) -> Question:
        """The whole period."""
        return self._between(self.period.from_ms, self.period.to_ms, "total")

    def course(self, *by: str) -> Question:
        """The intervals of the period."""
        return self._between(self.period.from_ms, self.period.to_ms, self.period.interval, by)

    def course_before(self) -> Question:
        """The intervals of what the period is held against."""
        return self._between(*self.period.compared(), self.period.interval)

    def _between(self, from_ms: int, to_ms: int, interval: str, by: tuple[str, ...] = ()) -> Question:
        where: dict[str, frozenset[str]] = {self.subject: frozenset({self.name})}
        return Question(basis="arrival", by=by, where=where, from_ms=from_ms, to_ms=to_ms, interval=interval)


def address_of(name: str, period: Mapping[str, str]) -> str:
    """The query of the page of this name over that period."""
    return urlencode({"name": name, **period})
