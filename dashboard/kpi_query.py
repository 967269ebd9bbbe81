"""The query of GET /api/kpis: the options of `leitstand kpis` as names and values, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable

from streams.question import Question, WrongQuestion, question

_ONCE = ("as_of", "from", "to", "interval", "zone", "basis")
_REPEATED = ("window", "by", "where")
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")


def read_query(pairs: Iterable[tuple[str, str]]) -> Question:
    """The question of these names and values. Raises `WrongQuestion`."""
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {name: [] for name in _REPEATED}
    for name, value in pairs:
        if name in several:
            several[name].append(value)
        elif name not in _ONCE:
            message = f"there is no parameter {name!r}: write one of {', '.join(sorted((*_ONCE, *_REPEATED)))}"
            raise WrongQuestion(message)
        elif name in single:
            message = f"{name} stands there twice: write it once"
            raise WrongQuestion(message)
        else:
            single[name] = value
    for name in ("as_of", "from", "to"):
        if name in single:
            # A plus sign in a query stands for a space; an offset written without %2B is meant all the same.
            single[name] = _LOST_PLUS.sub(r"+\1", single[name])
    return question(
        as_of=single.get("as_of"),
        windows=several["window"],
        basis=single.get("basis"),
        by=[name for names in several["by"] for name in names.split(",")],
        where=[_pair(text) for text in several["where"]],
        from_=single.get("from"),
        to=single.get("to"),
        interval=single.get("interval"),
        zone=single.get("zone"),
    )


def _pair(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        message = f"where={text!r} names no value: write where=DIM:VALUE"
        raise WrongQuestion(message)
    return name, value
