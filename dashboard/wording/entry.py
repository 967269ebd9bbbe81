"""The texts before and beside the pages: login, and what is not there or not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class EntryWording:
    """The texts of one language. Braces are filled in by the caller."""

    title: str
    lead: str
    user: str
    password: str
    sign_in: str
    wrong: str
    wait: str
    expired: str
    signed_out: str
    password_set: str
    no_accounts_title: str
    no_accounts_text: str
    no_accounts_after: str
    insecure: str
    other_language: str
    other_language_code: str
    forbidden_title: str
    forbidden_text: str
    not_found_title: str
    not_found_text: str
    failed_title: str
    failed_text: str
    unanswered_title: str
    unanswered_text: str
    try_again: str
    refused_title: str
    back: str
    sign_out: str
    wall_opening_title: str
    wall_opening_text: str
    wall_away_title: str
    wall_away_text: str
    wall_ended_title: str
    wall_ended_text: str
    wall_ended_advice: str


GERMAN = EntryWording(
    title="Anmelden",
    lead="Die Lage, jetzt und heute.",
    user="Name",
    password="Passwort",  # noqa: S106 - a label
    sign_in="Anmelden",
    wrong="Name oder Passwort stimmt nicht.",
    wait="Zu viele Fehlversuche. In {seconds} Sekunden geht es weiter.",
    expired="Das Formular war zu alt. Bitte noch einmal.",
    signed_out="Abgemeldet. Auf diesem Gerät bleibt nichts zurück.",
    password_set="Passwort gesetzt. Bitte jetzt anmelden.",  # noqa: S106 - a message
    no_accounts_title="Noch kein Konto",
    no_accounts_text="So entsteht das erste, auf dem Rechner, auf dem Leitstand läuft:",
    no_accounts_after="Danach diese Seite neu laden.",
    insecure="Unverschlüsselte Verbindung: nur im eigenen Netz verwenden.",
    other_language="English",
    other_language_code="en",
    forbidden_title="Nicht für dieses Konto",
    forbidden_text="Dieses Konto darf die Seite nicht öffnen. Wer Leitstand betreut, kann das ändern.",
    not_found_title="Hier ist nichts",
    not_found_text="Diese Adresse gibt es nicht, oder sie gehört nicht zu Ihrem Bereich.",
    failed_title="Das hat nicht geklappt",
    failed_text="Der Fehler steht im Protokoll von Leitstand. Die Zahlen laufen weiter.",
    unanswered_title="Die Konten antworten gerade nicht",
    unanswered_text="Ohne sie lässt sich niemand prüfen. Die Zahlen laufen weiter, und wer angemeldet ist, bleibt es.",
    try_again="Noch einmal",
    refused_title="So nicht",
    back="Zur Startseite",
    sign_out="Abmelden",
    wall_opening_title="Tafel wird geöffnet",
    wall_opening_text="Einen Augenblick.",
    wall_away_title="Leitstand antwortet nicht",
    wall_away_text="Der nächste Versuch kommt von selbst, alle fünf Sekunden.",
    wall_ended_title="Diese Tafel ist abgeschaltet",
    wall_ended_text="Ihr Link gilt nicht mehr. Es werden keine Zahlen mehr gezeigt.",
    wall_ended_advice="Einen neuen Link gibt es am Schreibtisch unter „Tafeln“, von der Teamleitung oder dem Betrieb.",
)
ENGLISH = EntryWording(
    title="Sign in",
    lead="The situation, now and today.",
    user="Name",
    password="Password",  # noqa: S106 - a label
    sign_in="Sign in",
    wrong="Name or password is wrong.",
    wait="Too many failed attempts. Try again in {seconds} seconds.",
    expired="The form was too old. Please try again.",
    signed_out="Signed out. Nothing stays on this device.",
    password_set="Password set. Please sign in now.",  # noqa: S106 - a message
    no_accounts_title="No account yet",
    no_accounts_text="Make the first one on the machine that Leitstand runs on:",
    no_accounts_after="Then load this page again.",
    insecure="Unencrypted connection: use it in your own network only.",
    other_language="Deutsch",
    other_language_code="de",
    forbidden_title="Not for this account",
    forbidden_text="This account may not open the page. Whoever runs Leitstand can change that.",
    not_found_title="Nothing here",
    not_found_text="This address does not exist, or it lies outside your scope.",
    failed_title="That did not work",
    failed_text="The error is in Leitstand's log. The numbers keep running.",
    unanswered_title="The accounts do not answer just now",
    unanswered_text="Without them nobody can be checked. The numbers keep running, and whoever is signed in stays so.",
    try_again="Try again",
    refused_title="Not like this",
    back="To the start page",
    sign_out="Sign out",
    wall_opening_title="Opening the wall",
    wall_opening_text="One moment.",
    wall_away_title="Leitstand does not answer",
    wall_away_text="It is tried again by itself, every five seconds.",
    wall_ended_title="This wall has been switched off",
    wall_ended_text="Its link has ended. No numbers are shown any more.",
    wall_ended_advice="A new link is made at the desk under “Walls”, by a team lead or by operations.",
)
ENTRY: Mapping[str, EntryWording] = {"de": GERMAN, "en": ENGLISH}


def entry_words(language: str) -> EntryWording:
    """The texts of a language; German for one that is not known."""
    return ENTRY.get(language, GERMAN)
