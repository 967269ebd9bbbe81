"""The texts of the pages of feeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FeedsWording:
    """The texts of one language. Braces are filled in by the caller."""

    title: str
    lead: str
    none: str
    feed: str
    state: str
    states: Mapping[str, str]
    last: str
    lag: str
    rate: str
    rate_long: str
    received: str
    counts: Mapping[str, str]
    account: str
    account_text: str
    unbalanced: str
    reasons: str
    conflicts: str
    skew: str
    sqlite: str
    seconds: str
    all_feeds: str
    dead_title: str
    dead_none: str
    dead_text: str
    position: str
    head_only: str
    a_record: str
    more: str
    elsewhere: str
    retry: str
    retry_text: str
    retry_asked: str
    retried: str


GERMAN = FeedsWording(
    title="Quellen",
    lead="Was ankommt, wie frisch es ist und was aus jeder Zeile wurde",
    none="Es gibt keine Quelle. In den Einstellungen steht, wie eine angeschlossen wird.",
    feed="Quelle",
    state="Zustand",
    states={"live": "läuft", "quiet": "ruhig", "silent": "still", "error": "gestört", "off": "aus"},
    last="Letztes Ereignis",
    lag="Alter",
    rate="je Minute",
    rate_long="Zeilen je Minute, über höchstens fünf Minuten",
    received="empfangen",
    counts={
        "counted": "gezählt",
        "duplicate": "doppelt",
        "late": "verspätet",
        "dead": "unlesbar",
        "skipped": "übergangen",
    },
    account="Verbleib der Zeilen",
    account_text="Jede empfangene Zeile steht in genau einer Spalte; ihre Summe ist die erste.",
    unbalanced="Die Summe stimmt nicht. Das darf nicht sein: Bitte melden.",
    reasons="Warum übergangen",
    conflicts="{n} widersprechen einem früheren Ende",
    skew="Uhr der Quelle weicht um {seconds} ab",
    sqlite="Dialer: SQLite statt MariaDB",
    seconds="{n} s",
    all_feeds="Alle Quellen",
    dead_title="Unlesbare Zeilen",
    dead_none="Keine. Jede Zeile dieser Quelle ließ sich lesen.",
    dead_text="Sie können Telefonnummern und Namen enthalten und werden nach einigen Tagen gelöscht.",
    position="Stelle",
    head_only="nur der Anfang",
    a_record="Datensatz im Protokoll",
    more="{n} weitere zeigt `leitstand dead list`.",
    elsewhere="{n} weitere liegen nicht hier: beim Sammler auf einem anderen Rechner, oder sie sind gelöscht.",
    retry="Alle noch einmal lesen",
    retry_text="Nach einer Korrektur der Einstellungen. Der Sammler dieser Quelle führt es aus.",
    retry_asked="Angefordert. Der Sammler hat noch nicht geantwortet; bitte später neu laden.",
    retried="{n} konnten gelesen werden.",
)
ENGLISH = FeedsWording(
    title="Feeds",
    lead="What arrives, how fresh it is, and what became of every line",
    none="There is no feed. The settings say how to connect one.",
    feed="Feed",
    state="State",
    states={"live": "live", "quiet": "quiet", "silent": "silent", "error": "in trouble", "off": "off"},
    last="Last event",
    lag="Age",
    rate="a minute",
    rate_long="Lines a minute, over at most five minutes",
    received="received",
    counts={
        "counted": "counted",
        "duplicate": "duplicate",
        "late": "late",
        "dead": "dead",
        "skipped": "skipped",
    },
    account="What became of the lines",
    account_text="Every line received stands in exactly one column; their sum is the first.",
    unbalanced="The sum is wrong. That must not be: please report it.",
    reasons="Why skipped",
    conflicts="{n} contradict an earlier end",
    skew="The clock of the source is off by {seconds}",
    sqlite="Dialer: SQLite, not MariaDB",
    seconds="{n} s",
    all_feeds="All feeds",
    dead_title="Dead letters",
    dead_none="None. Every line of this feed could be read.",
    dead_text="They may hold telephone numbers and names, and are deleted after some days.",
    position="Position",
    head_only="its beginning only",
    a_record="record in the log",
    more="{n} more are shown by `leitstand dead list`.",
    elsewhere="{n} more are not here: they lie with the collector on another machine, or are deleted.",
    retry="Read all once more",
    retry_text="After a correction of the settings. The collector of this feed does it.",
    retry_asked="Asked for. The collector has not answered yet; please reload later.",
    retried="{n} could be read.",
)
FEEDS: Mapping[str, FeedsWording] = {"de": GERMAN, "en": ENGLISH}


def feeds_words(language: str) -> FeedsWording:
    """The texts in a language; German where there is no such language."""
    return FEEDS.get(language, GERMAN)
