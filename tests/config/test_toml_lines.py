"""The line of every place in odd but valid TOML, against hand counts and against tomllib's own structure."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.faults import Place
from config.toml_lines import lines_of

ODD = '''\
# a comment = "1"
top = 1 # [not.a.table]
"quoted key" = "a # in a text" # and behind it
'lit.eral' = 'C:\\'
a.b . "c.d" = true
a.b.e = 2

[site] # [other]
text = """
zone = "no key"
[[no table]]
\\"""   # still text
end with quotes"""""
literal = \'\'\'
x = 1\'\'\'
list = [ # comment ]
  1,
  "]", # , 7
  [2,
   3],
  { n = 1, m = { o = [4,
     5] } },
]
date = 1979-05-27 07:32:00
inline = { zone = "x", "day start" = "}" , a.b = 1 }

  [ feeds . "a.b" ]
  k = ""
[[queues]]
queue = "one"
[queues.more]
x = 1
[[queues.rows]]
y = 1
[[queues.rows]]
y = 2

[[ queues ]]
queue = "two"
[[queues.rows]]
y = 3
[queues.rows.deep]
z = 1'''

PLACES: list[tuple[Place, int]] = [
    (("top",), 2),
    (("quoted key",), 3),
    (("lit.eral",), 4),
    (("a", "b", "c.d"), 5),
    (("a", "b"), 5),
    (("a", "b", "e"), 6),
    (("site",), 8),
    (("site", "text"), 9),
    (("site", "literal"), 14),
    (("site", "list"), 16),
    (("site", "list", 0), 17),
    (("site", "list", 1), 18),
    (("site", "list", 2, 1), 20),
    (("site", "list", 3, "m", "o", 1), 22),
    (("site", "date"), 24),
    (("site", "inline", "day start"), 25),
    (("site", "inline", "a", "b"), 25),
    (("feeds",), 27),
    (("feeds", "a.b", "k"), 28),
    (("queues",), 29),
    (("queues", 0), 29),
    (("queues", 0, "more", "x"), 32),
    (("queues", 0, "rows", 1, "y"), 36),
    (("queues", 1), 38),
    (("queues", 1, "queue"), 39),
    (("queues", 1, "rows", 0), 40),
    (("queues", 1, "rows", 0, "deep", "z"), 43),
]


def places(value: Any, above: Place = ()) -> set[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {above} if above else set()
    for part, each in inner:
        found |= places(each, (*above, part))
    return found


@pytest.mark.parametrize(("place", "line"), PLACES, ids=[str(place) for place, _ in PLACES])
def test_odd_toml(place: Place, line: int) -> None:
    assert lines_of(ODD)[place] == line


def test_windows_line_ends_count_once() -> None:
    assert lines_of(ODD.replace("\n", "\r\n")) == lines_of(ODD)


def test_every_place_of_the_document_and_no_other_has_a_line() -> None:
    assert set(lines_of(ODD)) == places(tomllib.loads(ODD))


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "  [a]", "a = []", "a = {}"])
def test_small_documents(text: str) -> None:
    assert set(lines_of(text)) == places(tomllib.loads(text))


KEYS = st.sampled_from(["a", "b-1", '"c d"', "'e.f'", '"\\u00e4"', '"#"', '""'])
DOTTED = st.lists(KEYS, min_size=1, max_size=3).map(" . ".join)
PLAIN = st.sampled_from(
    ["1", "-0.5e3", "true", '"#]}"', "'[\"'", '"""x\n\\"""\n"""""', "'''\n'''''", "07:32:00", "nan", '"\\\\"']
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: "[ #]\n" + ",\n\n".join(each) + " ]"),
        st.lists(st.tuples(KEYS, inner), max_size=2, unique_by=lambda pair: pair[0]).map(
            lambda each: "{ " + ", ".join(f"{key} = {value}" for key, value in each) + " }"
        ),
    ),
    max_leaves=5,
)
STATEMENTS = st.one_of(
    st.builds("{} = {} # = [x]".format, DOTTED, VALUES),
    DOTTED.map("[ {} ]".format),
    DOTTED.map("[[{}]]".format),
    st.just("# [x]"),
    st.just(""),
)


@given(st.lists(STATEMENTS, max_size=10))
def test_any_document_that_tomllib_accepts(statements: list[str]) -> None:
    accepted: list[str] = []
    for statement in statements:
        try:
            tomllib.loads("\n".join([*accepted, statement]))
        except tomllib.TOMLDecodeError:
            continue
        accepted.append(statement)
    text = "\n".join(accepted)
    lines = lines_of(text)
    assert set(lines) == places(tomllib.loads(text))
    # Prepended lines move every place by exactly as many: no line is counted from a wrong end.
    assert lines_of("\n# x\n" + text) == {place: line + 2 for place, line in lines.items()}
