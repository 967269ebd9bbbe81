"""The texts of the page of users."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AdministrationWording:
    """The texts of one language. Braces are filled in by the caller."""

    title: str
    lead: str
    lead_one: str
    invite: str
    invite_text: str
    name: str
    role: str
    scope: str
    scope_text: str
    scope_lines: str
    language: str
    everything: str
    active: str
    invited: str
    disabled: str
    factor_on: str
    last_login: str
    never: str
    you: str
    link_title: str
    link_invitation: str
    link_reset: str
    link_once: str
    open_account: str
    all_users: str
    save: str
    saved: str
    rights_title: str
    entry_title: str
    make_link: str
    make_invitation: str
    link_text: str
    factor_remove: str
    factor_text: str
    factor_removed: str
    sessions_end: str
    sessions_text: str
    sessions_ended: str
    disable: str
    disable_text: str
    now_disabled: str
    enable: str
    enable_text: str
    now_enabled: str
    own_account: str


GERMAN = AdministrationWording(
    title="Benutzer",
    lead="{n} Konten",
    lead_one="1 Konto",
    invite="Einladen",
    invite_text="Es entsteht ein Link, der einmal und sieben Tage lang gilt. Das Passwort wählt, wer ihn öffnet.",
    name="Name",
    role="Rolle",
    scope="Bereich",
    scope_text="Nichts gewählt heißt alles. Mehrere Werte einer Art: einer davon. Mehrere Arten: alle zugleich.",
    scope_lines="Ein Wert je Zeile",
    language="Sprache",
    everything="alles",
    active="aktiv",
    invited="eingeladen",
    disabled="gesperrt",
    factor_on="zweiter Faktor",
    last_login="Zuletzt angemeldet",
    never="noch nie",
    you="Sie",
    link_title="Link für {name}",
    link_invitation="Gilt einmal, bis {until}.",
    link_reset="Für ein neues Passwort. Gilt einmal, bis {until}.",
    link_once="Nur jetzt zu sehen. Wer ihn hat, kann das Passwort setzen: auf sicherem Weg übergeben.",
    open_account="Konto öffnen",
    all_users="Alle Benutzer",
    save="Speichern",
    saved="Gespeichert. Auf offenen Seiten gilt es innerhalb von fünf Sekunden.",
    rights_title="Rolle und Bereich",
    entry_title="Zugang",
    make_link="Link für ein neues Passwort",
    make_invitation="Neuer Einladungslink",
    link_text="Das alte Passwort gilt, bis das neue gesetzt ist. Frühere Links gelten dann nicht mehr.",
    factor_remove="Zweiten Faktor entfernen",
    factor_text="Wenn App und Ersatzcodes verloren sind. Vorher anderswie prüfen, wer fragt.",
    factor_removed="Der zweite Faktor ist entfernt.",
    sessions_end="Alle Sitzungen beenden",
    sessions_text="Meldet das Konto auf allen Geräten ab: {n} offen.",
    sessions_ended="Alle Sitzungen sind beendet.",
    disable="Sperren",
    disable_text="Beendet alle Sitzungen, Links und Schlüssel sofort. Das Konto und seine Einstellungen bleiben.",
    now_disabled="Gesperrt. Alle Sitzungen sind beendet.",
    enable="Entsperren",
    enable_text="Das Konto kann sich wieder anmelden.",
    now_enabled="Entsperrt.",
    own_account="Das ist Ihr eigenes Konto. Rolle, Bereich und Sperre ändert jemand anderes.",
)
ENGLISH = AdministrationWording(
    title="Users",
    lead="{n} accounts",
    lead_one="1 account",
    invite="Invite",
    invite_text="This makes a link that works once and for seven days. Whoever opens it chooses the password.",
    name="Name",
    role="Role",
    scope="Scope",
    scope_text="Nothing chosen means everything. Several values of one kind: any of them. Several kinds: all at once.",
    scope_lines="One value per line",
    language="Language",
    everything="everything",
    active="active",
    invited="invited",
    disabled="disabled",
    factor_on="second factor",
    last_login="Last signed in",
    never="never",
    you="you",
    link_title="Link for {name}",
    link_invitation="Works once, until {until}.",
    link_reset="For a new password. Works once, until {until}.",
    link_once="Shown only now. Whoever has it can set the password: hand it over in a safe way.",
    open_account="Open account",
    all_users="All users",
    save="Save",
    saved="Saved. It holds on open pages within five seconds.",
    rights_title="Role and scope",
    entry_title="Access",
    make_link="Link to a new password",
    make_invitation="New invitation link",
    link_text="The old password works until the new one is set. Earlier links work no more.",
    factor_remove="Remove second factor",
    factor_text="When app and recovery codes are lost. Check in another way who is asking first.",
    factor_removed="The second factor is removed.",
    sessions_end="End all sessions",
    sessions_text="Signs the account out on all devices: {n} open.",
    sessions_ended="All sessions have ended.",
    disable="Disable",
    disable_text="Ends all sessions, links and keys at once. The account and its settings stay.",
    now_disabled="Disabled. All sessions have ended.",
    enable="Enable",
    enable_text="The account may sign in again.",
    now_enabled="Enabled.",
    own_account="This is your own account. Somebody else changes role, scope and access.",
)
ADMINISTRATION = {"de": GERMAN, "en": ENGLISH}


def administration_words(language: str) -> AdministrationWording:
    """The texts of a language; German for one that is not known."""
    return ADMINISTRATION.get(language, GERMAN)
