"""The texts of the desk's pages of one hotline and one campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DeskWording:
    """The texts of one language. Braces are filled in by the caller."""

    language: str
    hotline: str
    campaign: str
    # the period
    period: str
    kinds: Mapping[str, str]
    earlier: str
    later: str
    first_day: str
    last_day: str
    show: str
    now_name: str
    week: str
    weeks_before: str
    until: str
    # instead of figures
    counting: str
    not_kept: str
    busy: str
    unanswered: str
    too_many: str
    gone: str
    nothing: str
    # what is shown
    by_arrival: str
    by_attempt: str
    course: str
    course_day: str
    time: str
    day: str
    figures: str
    this_period: str
    against: str
    waits: str
    waits_note: str
    wait: str
    visits: str
    share: str
    wait_up_to: str
    wait_over: str
    providers: str
    provider: str
    agents: str
    agents_note: str
    agents_none: str
    agent_states: Mapping[str, str]
    feeds: str
    feed_numbered: str
    feed_live: str
    feed_heard: str
    feed_never: str
    feeds_none: str
    money: str
    money_note: str
    money_now: str
    columns: Mapping[str, str]
    goal: str
    # the table behind a chart
    table: str
    download: str
    # campaign
    attempts: str
    rates: str
    dropped: str
    since_begin: str
    limit: str
    stock: str
    stock_note: str


GERMAN = DeskWording(
    language="de",
    hotline="Hotline",
    campaign="Kampagne",
    period="Zeitraum",
    kinds={"now": "Jetzt", "day": "Tag", "week": "Woche", "month": "Monat", "range": "Von – bis"},
    earlier="Früher",
    later="Später",
    first_day="Von",
    last_day="Bis",
    show="Zeigen",
    now_name="Letzte vier Stunden",
    week="KW",
    weeks_before="Wochen davor",
    until="bis {time} Uhr",
    counting="Wird berechnet …",
    not_kept="Für diesen Zeitraum sind keine Zahlen aufbewahrt.",
    busy="Gerade wird ein anderer Zeitraum nachgerechnet. Bitte gleich noch einmal versuchen.",
    unanswered="Die Aufzeichnung antwortet gerade nicht. Bitte gleich noch einmal versuchen.",
    too_many="Das sind zu viele Intervalle auf einmal. Bitte einen kürzeren Zeitraum wählen.",
    gone="Das gibt es hier nicht.",
    nothing="In diesem Zeitraum ist nichts geschehen.",
    by_arrival="nach Eingang gezählt",
    by_attempt="nach Beginn der Versuche gezählt",
    course="Verlauf je Viertelstunde",
    course_day="Verlauf je Tag",
    time="Zeit",
    day="Tag",
    figures="Im Vergleich",
    this_period="Zeitraum",
    against="Angekommen gegen {other}",
    waits="Wartezeiten",
    waits_note="beendete Wartezeiten, angenommen oder nicht",
    wait="Gewartet",
    visits="Anrufe",
    share="Anteil",
    wait_up_to="{low}–{high} s",
    wait_over="über {low} s",
    providers="Dienstleister nebeneinander",
    provider="Dienstleister",
    agents="Agenten jetzt",
    agents_note="angemeldet für diese Hotline: {n}",
    agents_none="Keine Quelle sagt, wer für diese Hotline angemeldet ist.",
    agent_states={
        "available": "frei",
        "ringing": "klingelt",
        "talking": "im Gespräch",
        "hold": "hält",
        "acw": "Nachbearbeitung",
        "outbound": "ausgehend",
        "pause": "Pause",
    },
    feeds="Quellen dieser Hotline",
    feed_numbered="Quelle {n}",
    feed_live="live",
    feed_heard="gehört um {time}",
    feed_never="noch nie gehört",
    feeds_none="Noch hat keine Quelle diese Hotline genannt.",
    money="Geld",
    money_note="unverbindlich, bis der Tag abgeschlossen ist",
    money_now="letzte 30 Minuten",
    columns={
        "offered": "Angekommen",
        "answered": "Angenommen",
        "abandoned": "Aufgelegt",
        "otherwise": "Sonst beendet",
        "service_level": "Servicelevel",
        "reachability": "Erreichbarkeit",
        "abandon_rate": "Verzichtsquote",
        "asa": "Mittlere Wartezeit",
        "wait_p90": "Wartezeit P90",
        "aht": "Bearbeitungszeit",
        "attempts": "Versuche",
        "contacts": "Kontakte",
        "successes": "Abschlüsse",
        "contact_rate": "Kontaktquote",
        "conversion": "Abschlussquote",
        "drop_rate": "Drop-Quote",
        "attempts_per_success": "Versuche je Abschluss",
        "address_stock": "Anrufbare Adressen",
        "stock_reach_hours": "Reichweite (Stunden)",
        "penetration": "Angewählt",
        "exploitation": "Ausgeschöpft",
        "saturation": "Versuche je Adresse",
    },
    goal="Ziel {goal}",
    table="Als Tabelle",
    download="{title} als {format} laden",
    attempts="Versuche, Kontakte, Abschlüsse",
    rates="Quoten",
    dropped="Gedroppt",
    since_begin="Drop-Quote seit Beginn",
    limit="Grenze {limit}",
    stock="Adressen jetzt",
    stock_note="wie zuletzt gezählt",
)

ENGLISH = DeskWording(
    language="en",
    hotline="Hotline",
    campaign="Campaign",
    period="Period",
    kinds={"now": "Now", "day": "Day", "week": "Week", "month": "Month", "range": "From – to"},
    earlier="Earlier",
    later="Later",
    first_day="From",
    last_day="To",
    show="Show",
    now_name="Last four hours",
    week="Week",
    weeks_before="Weeks before",
    until="until {time}",
    counting="Being counted …",
    not_kept="No figures are kept for this period.",
    busy="Another period is being counted just now. Please try again in a moment.",
    unanswered="The records do not answer just now. Please try again in a moment.",
    too_many="These are too many intervals at once. Please choose a shorter period.",
    gone="There is no such thing here.",
    nothing="Nothing happened in this period.",
    by_arrival="counted by arrival",
    by_attempt="counted by begin of the attempts",
    course="Course by quarter of an hour",
    course_day="Course by day",
    time="Time",
    day="Day",
    figures="In comparison",
    this_period="Period",
    against="Offered against {other}",
    waits="Waits",
    waits_note="waits that ended, answered or not",
    wait="Waited",
    visits="Calls",
    share="Share",
    wait_up_to="{low}–{high} s",
    wait_over="over {low} s",
    providers="Providers side by side",
    provider="Provider",
    agents="Agents now",
    agents_note="logged in for this hotline: {n}",
    agents_none="No feed says who is logged in for this hotline.",
    agent_states={
        "available": "available",
        "ringing": "ringing",
        "talking": "talking",
        "hold": "on hold",
        "acw": "after-call work",
        "outbound": "outbound",
        "pause": "pause",
    },
    feeds="Feeds of this hotline",
    feed_numbered="Feed {n}",
    feed_live="live",
    feed_heard="heard at {time}",
    feed_never="never heard of",
    feeds_none="No feed has named this hotline yet.",
    money="Money",
    money_note="provisional until the day is closed",
    money_now="last 30 minutes",
    columns={
        "offered": "Offered",
        "answered": "Answered",
        "abandoned": "Abandoned",
        "otherwise": "Ended otherwise",
        "service_level": "Service level",
        "reachability": "Reachability",
        "abandon_rate": "Abandon rate",
        "asa": "Average wait",
        "wait_p90": "Wait P90",
        "aht": "Handle time",
        "attempts": "Attempts",
        "contacts": "Contacts",
        "successes": "Successes",
        "contact_rate": "Contact rate",
        "conversion": "Conversion",
        "drop_rate": "Drop rate",
        "attempts_per_success": "Attempts per success",
        "address_stock": "Dialable addresses",
        "stock_reach_hours": "Reach (hours)",
        "penetration": "Dialled",
        "exploitation": "Exploited",
        "saturation": "Attempts per address",
    },
    goal="Target {goal}",
    table="As a table",
    download="Download {title} as {format}",
    attempts="Attempts, contacts, successes",
    rates="Rates",
    dropped="Dropped",
    since_begin="Drop rate since the begin",
    limit="Limit {limit}",
    stock="Addresses now",
    stock_note="as counted last",
)
DESK_PAGES: Mapping[str, DeskWording] = {"de": GERMAN, "en": ENGLISH}


def desk_words(language: str) -> DeskWording:
    """The texts of a language; German for one that is not known."""
    return DESK_PAGES.get(language, GERMAN)
