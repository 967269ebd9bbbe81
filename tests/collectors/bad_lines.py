"""The forty bad inputs: what is written in the dialect of each collector, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.collectors.dialects import NOW_S, Dialect

HOUR_S = 3_600

Expected = Mapping[str, int]
ONE_DEAD = {"dead": 1}


class BadInput(NamedTuple):
    """`make(dialect)` gives what stands between two good lines; `expected` what the tally must say of it.

    `but` holds what differs for one collector; a text there says why the input cannot apply to it.
    """

    name: str
    make: Callable[[Dialect], list[str | bytes]]
    expected: Expected = ONE_DEAD
    but: Mapping[str, Expected | str] = {}


def seconds(*texts: str) -> Callable[[Dialect], list[str | bytes]]:
    """Calls whose waiting time is written so."""
    return lambda d: [d.line(100 + number, seconds=text) for number, text in enumerate(texts)]


def agents(*names: str) -> Callable[[Dialect], list[str | bytes]]:
    """Calls answered by these."""
    return lambda d: [d.line(100 + number, agent=name) for number, name in enumerate(names)]


def times(*texts: str) -> Callable[[Dialect], list[str | bytes]]:
    """Calls at times written so."""
    return lambda d: [d.line(100 + number, time=text) for number, text in enumerate(texts)]


def instants(*after_now_s: int) -> Callable[[Dialect], list[str | bytes]]:
    """Calls so many seconds after now."""
    return lambda d: [d.line(100 + number, time=d.time(NOW_S + at)) for number, at in enumerate(after_now_s)]


BAD_INPUTS: dict[int, BadInput] = {
    1: BadInput("truncated line", lambda d: [d.line(100)[:25]]),
    2: BadInput("two records on one line", lambda d: [d.line(100) + d.line(101)]),
    3: BadInput("trailing garbage", lambda d: [d.line(100) + "|;x|;y|;z"]),
    4: BadInput("empty lines", lambda _: ["", "   ", "\t"], {"skipped": 3}),
    5: BadInput("not an object", lambda _: ["null", "[]", "7"], {"dead": 3}),
    7: BadInput("invalid UTF-8", lambda d: [d.line(100).encode().replace(b"Anna", b"A\xffna")]),
    8: BadInput("Latin-1", lambda d: [d.line(100, agent="Jürgen").encode("latin-1")]),
    10: BadInput("lone surrogate", lambda d: [d.line(100).encode().replace(b"Anna", b"\xed\xa0\x80")]),
    11: BadInput("NUL in a text", agents("An\0na")),
    12: BadInput("signs that cannot be seen", agents("An\u202ena", "An\u200bna", "Аnna"), {"dead": 3}),
    13: BadInput(
        "duplicate keys",
        lambda d: [d.line(100).replace('"user":"Anna"', '"user":"Anna","user":"Bert"')],
        but={
            "ics": "a text without keys",
            "queue_log": "a text without keys",
            "columns": "a header that does so is input 37",
            "orders": "a header that does so is input 37",
            "trunks": "a header that does so is input 37",
            "shifts": "a header that does so is input 37",
        },
    ),
    14: BadInput("NaN and Infinity", seconds("NaN", "Infinity", "inf"), {"dead": 3}),
    15: BadInput("1e400", seconds("1e400")),
    16: BadInput("number of 5,000 digits", seconds("9" * 5_000)),
    17: BadInput("nesting of 100,000", lambda _: ["[" * 100_000]),
    18: BadInput("a truth for a number", seconds("true")),
    19: BadInput(
        "negative, or longer than a day",
        seconds("-5", "86401"),
        {"dead": 2},
        but={"orders": {"counted": 1, "dead": 1}},  # an order may well be worth that much
    ),
    20: BadInput("numbers of other habits", seconds("3,5", "1_000", "٣", " 12 "), {"dead": 4}),
    21: BadInput(
        "a field is missing",
        lambda d: [
            d.line(100)
            .replace("|COMPLETEAGENT|5|20|1", "|")
            .replace(";Anna", "")
            .replace(",Anna", "")
            .replace("SUMMARY:Anna\\r\\n", "")
            .replace(',"user":"Anna"', "")
        ],
    ),
    22: BadInput(
        "unknown kind",
        lambda d: [d.line(100, outcome="SOMETHINGNEW")],
        # A campaign may have made the status; every other kind is an absence.
        but={
            "ics": {"counted": 1},
            "queue_log": {"skipped": 1},
            "vicidial": {"counted": 1},
            "trunks": "its rows are of one kind",
            "shifts": {"counted": 1},
        },
    ),
    23: BadInput(
        "the same record twice",
        lambda d: [d.line(100), d.line(100)],
        {"counted": 1, "duplicate": 1},
        but={"ics": {"counted": 2}, "queue_log": {"counted": 2, "conflicts": 1}, "shifts": {"counted": 2}},
    ),
    24: BadInput(
        "the same id, another content",
        lambda d: [d.line(100), d.line(100, agent="Bert")],
        {"counted": 1, "dead": 1},
        # Rows of a dialer are rewritten; a trunk or person of another name is another one.
        but={
            "ics": {"counted": 2},
            "queue_log": {"counted": 2, "conflicts": 1},
            "vicidial": {"counted": 2},
            "trunks": {"counted": 2},
            "shifts": {"counted": 2},
        },
    ),
    25: BadInput("out of order", instants(-900, -1_800, -1_200), {"counted": 3}),
    26: BadInput("after the day was closed", instants(-40 * HOUR_S), {"late": 1}),
    27: BadInput(
        "in the future",
        instants(1, HOUR_S, 365 * 24 * HOUR_S),
        {"counted": 1, "dead": 2},
        {"shifts": {"counted": 3}, "ics": {"counted": 2, "skipped": 1}},
    ),
    28: BadInput(
        "times of no call",
        times("0", "-1", "1970-01-01 00:00:00", "9999-12-31 23:59:59", "253402300799", "86400"),
        {"dead": 6},
    ),
    29: BadInput(
        "milliseconds, micro- and nanoseconds for seconds",
        times(*[f"{NOW_S}{'000' * n}" for n in (1, 2, 3)]),
        {"dead": 3},
    ),
    30: BadInput(
        "hours of a clock change",
        times("2025-03-30 02:30:00", "2024-10-27 02:30:00"),
        {"dead": 1, "late": 1},
        but={"ics": {"dead": 2}, "queue_log": "its times are seconds since 1970 and know no clock change"},
    ),
    31: BadInput("leap second and 24:00", times("2025-10-09 07:59:60", "2025-10-08 24:00:00"), {"dead": 2}),
    36: BadInput(
        "unclosed quote",
        agents('"Anna'),
        but={"ics": {"counted": 1}, "queue_log": {"counted": 1}, "vicidial": {"counted": 1}},
    ),
    38: BadInput(
        "HTTP answers",
        lambda _: [],
        but={
            "ics": "a file",
            "queue_log": "reads a file",
            "columns": "reads a file",
            "orders": "reads files",
            "vicidial": "reads a database",
            "trunks": "a file",
            "shifts": "a file",
        },
    ),
    39: BadInput(
        "the source's clock jumps",
        instants(-600, -600 - HOUR_S, -600),
        {"counted": 3},
        but={"trunks": {"counted": 2, "duplicate": 1}},  # one count of one instant
    ),
    40: BadInput(
        "texts that other programs would run",
        agents("=cmd!A1", "<img onerror=alert(1)>", "{{7*7}}", "Anna\r\nINFO all is well"),
        {"counted": 3, "dead": 2},
        # Of the last the first half is a whole row of a table, and JSON writes a line end as a sign.
        but={
            "ics": {"counted": 3, "dead": 1},
            "columns": {"counted": 4, "dead": 1},
            "vicidial": {"counted": 3, "dead": 1},
        },
    ),
}
IN_TESTS_OF_THEIR_OWN = {6, 9, 32, 33, 34, 35, 37}
