"""The pages of feeds: every line accounted for, dead letters with their bytes, another try asked for and answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from dashboard.app import STATIC_FOLDER
from dashboard.feed_pages import SHAPES, DeadLine, printable
from dashboard.feed_rates import FeedRates
from dashboard.session_store import IDLE_MS
from dashboard.sessions import BY_ITSELF
from dashboard.wording.feeds import feeds_words
from streams.batch import Tally
from streams.store import FeedReport
from tests.dashboard.centre import ACCOUNTS, NOW_MS, Centre

LINE = DeadLine(
    "1f", "queue_log.1", 3_312, NOW_MS - 60_000, "2 fields, at least 6 expected", b"17|<b>x\xff\n", True, True
)
TALLY = Tally(received=1_010, counted=1_000, duplicate=3, late=2, dead=1, skipped=4, skip_reasons={"CONFIGRELOAD": 4})


@dataclass
class Letters:
    """What the collecting side keeps, made up; `answer` is what a wish for another try is answered."""

    lines: Sequence[DeadLine] = ()
    answer: int | None = 0
    asked: list[str] = field(default_factory=list)
    sqlite: Sequence[str] = ()

    @property
    def collectors(self) -> dict[str, str]:
        return {"anlage": "queue_log", "nacht/dienst": "shifts"}

    def dead(self, feed: str) -> Sequence[DeadLine]:
        return self.lines if feed == "anlage" else ()

    def retry(self, feed: str) -> int | None:
        self.asked.append(feed)
        return self.answer


def centre_with(folder: Path, letters: Letters, *reports: FeedReport) -> Centre:
    centre = Centre(folder, with_desk=False, feed_desk=letters)
    centre.reports = list(reports) or [FeedReport("anlage", TALLY, 1, NOW_MS - 42_000, NOW_MS - 1_000, "live")]
    centre.publish_all()
    return centre


def test_every_line_of_a_feed_is_accounted_for(tmp_path: Path) -> None:
    page = centre_with(tmp_path, Letters()).signed_in("betrieb").get("/feeds").text
    (row,) = re.findall(r'<tr class="row" data-s="good">.*?</tr>', page, re.DOTALL)
    assert re.findall(r">([\d.]+)(?:</b>)?</td>", row) == ["1.010", "1.000", "3", "2", "1", "4"]
    assert "42 s" in row
    assert "läuft" in row


def test_the_worst_feed_stands_first_and_one_never_heard_of_is_off(tmp_path: Path) -> None:
    silent = FeedReport("anlage", Tally(), 1, NOW_MS, NOW_MS - 61_000, "live")
    centre = centre_with(tmp_path, Letters(), FeedReport("zuletzt", Tally(), 1, NOW_MS, NOW_MS, "live"), silent)
    page = centre.signed_in("betrieb").get("/feeds").text
    # "zuletzt" is not among the feeds that are collected here: nobody expects anything of it.
    assert re.findall(r'data-s="(\w+)"><th scope="row" class="who"><a href="/feeds/([^"]+)"', page) == [
        ("lost", "anlage"),
        ("empty", "nacht/dienst"),
        ("empty", "zuletzt"),
    ]


def test_a_dialer_that_is_read_from_sqlite_says_so(tmp_path: Path) -> None:
    centre = centre_with(tmp_path, Letters(sqlite=["nacht/dienst"]))
    visitor = centre.signed_in("betrieb")
    assert visitor.get("/feeds").text.count("SQLite statt MariaDB") == 1
    assert "SQLite statt MariaDB" in visitor.get("/feeds/nacht/dienst").text
    assert "SQLite" not in visitor.get("/feeds/anlage").text


def test_every_state_has_its_shape_and_words() -> None:
    assert feeds_words("de").states.keys() == feeds_words("en").states.keys() == SHAPES.keys()


def test_a_feed_shows_its_dead_lines_with_all_their_bytes(tmp_path: Path) -> None:
    letters = Letters([LINE, replace(LINE, id="2f", whole=False, again=False)])
    client = centre_with(tmp_path, letters).signed_in("betrieb")
    page = client.get("/feeds/anlage").text
    assert page.count("17|&lt;b&gt;x\\xff") == 2
    assert "queue_log.1 · Stelle 3312" in page
    assert "nur der Anfang" in page
    assert "CONFIGRELOAD" in page
    assert client.get("/feeds/nacht/dienst").status_code == 200
    assert client.get("/feeds/unheard-of").status_code == 404


def test_letters_that_lie_elsewhere_are_told(tmp_path: Path) -> None:
    client = centre_with(tmp_path, Letters()).signed_in("betrieb")
    page = client.get("/feeds/anlage").text
    assert "1 weitere liegen nicht hier" in page
    assert "/retry" not in page


@pytest.mark.parametrize(("answer", "said"), [(7, "7 konnten gelesen werden."), (None, "Angefordert.")])
def test_another_try_is_asked_for_and_its_result_told(tmp_path: Path, answer: int | None, said: str) -> None:
    letters = Letters([LINE], answer)
    centre = centre_with(tmp_path, letters)
    client = centre.signed_in("betrieb")
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/feeds/anlage").text)
    assert token
    done = client.post("/feeds/anlage/retry", data={"csrf": token[1]})
    assert (done.status_code, letters.asked) == (303, ["anlage"])
    assert said in client.get(done.location).text
    assert client.post("/feeds/unheard-of/retry", data={"csrf": token[1]}).status_code == 404
    assert client.post("/feeds/anlage/retry").status_code == 403
    assert letters.asked == ["anlage"]


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_page_that_reads_itself_again_keeps_no_session_open(tmp_path: Path, by_itself: bool) -> None:
    assert f'"{BY_ITSELF}"' in (STATIC_FOLDER / "reread.js").read_text("utf-8")
    centre = centre_with(tmp_path, Letters())
    client = centre.signed_in("betrieb")
    for _ in range(3):
        assert client.get("/feeds", headers={BY_ITSELF: "1"} if by_itself else {}).status_code == 200
        centre.clock.pass_seconds(IDLE_MS / 3000)
    assert client.get("/whoami").status_code == (401 if by_itself else 200)


@pytest.mark.parametrize("name", [name for name in ACCOUNTS if name != "betrieb"])
def test_others_read_no_feed(tmp_path: Path, name: str) -> None:
    client = centre_with(tmp_path, Letters([LINE])).signed_in(name)
    for address in ("/feeds", "/feeds/anlage"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"a|b\r\n", "a|b"),
        ("Müller\n".encode(), "Müller"),
        ("Müller".encode("latin-1"), "M\\xfcller"),
        (b"a\x00b\tc\x1b[31m", "a\\x00b\\tc\\x1b[31m"),
        ("a\u202eb".encode(), "a\\u202eb"),
    ],
)
def test_bytes_for_people(data: bytes, shown: str) -> None:
    assert printable(data) == shown


def test_lines_a_minute() -> None:
    rates = FeedRates()

    def feed(received: int) -> FeedReport:
        return FeedReport("acd", Tally(received=received))

    rates.note(0, [feed(100)])
    assert rates.per_minute(feed(100), 4_999) is None
    assert rates.per_minute(feed(160), 30_000) == 120
    for second in range(10, 601, 10):
        rates.note(second * 1000, [feed(100 + second)])
    assert rates.per_minute(feed(700), 600_000) == 60
    # A feed of which nothing came for five minutes.
    assert rates.per_minute(feed(700), 950_000) == 0
    # A new data folder counts from the beginning.
    rates.note(960_000, [feed(5)])
    assert rates.per_minute(feed(65), 990_000) == 120
    assert rates.per_minute(FeedReport("other", Tally()), 990_000) is None
