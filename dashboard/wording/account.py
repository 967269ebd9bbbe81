"""The texts of *My account*, of links that open once, and of the second half of a login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AccountWording:
    """The texts of one language. Braces are filled in by the caller."""

    title: str
    sees: str
    sees_everything: str
    dimensions: Mapping[str, str]
    phone: str
    phone_hint: str
    save: str
    saved: str
    refusals: Mapping[str, str]
    wait: str
    # password
    password_title: str
    password_current: str
    password_new: str
    password_again: str
    password_rule: str
    password_change: str
    password_changed: str
    password_differs: str
    password_wrong: str
    # second factor
    factor_title: str
    factor_off_text: str
    factor_on_text: str
    factor_codes_left: str
    factor_set_up: str
    factor_begin: str
    factor_change: str
    factor_scan: str
    factor_by_hand: str
    factor_code: str
    factor_confirm: str
    factor_wrong: str
    factor_is_on: str
    factor_turn_off: str
    factor_is_off: str
    factor_new_codes: str
    codes_title: str
    codes_text: str
    # sessions
    sessions_title: str
    sessions_text: str
    session_own: str
    session_device: str
    session_unknown: str
    session_since: str
    session_end: str
    session_end_others: str
    session_ended: str
    # tokens
    tokens_title: str
    tokens_text: str
    tokens_none: str
    token_name: str
    token_new: str
    token_make: str
    token_title: str
    token_once: str
    token_use: str
    token_used: str
    token_unused: str
    token_revoke: str
    token_revoked: str
    back: str
    # the second half of a login
    code_title: str
    code_text: str
    code_field: str
    code_sign_in: str
    code_wrong: str
    code_lost: str
    code_cancel: str
    # links
    invitation_title: str
    invitation_text: str
    reset_title: str
    reset_text: str
    link_set: str
    link_over_title: str
    link_over_text: str
    to_login: str


GERMAN = AccountWording(
    title="Mein Konto",
    sees="Sieht {scope}",
    sees_everything="Sieht alles",
    dimensions={
        "hotline": "Hotline",
        "campaign": "Kampagne",
        "project": "Projekt",
        "client": "Auftraggeber",
        "provider": "Dienstleister",
        "site": "Standort",
        "team": "Team",
        "channel": "Kanal",
        "segment": "Kundengruppe",
        "reason": "Anlass",
    },
    phone="Telefon",
    phone_hint="Mit Land, zum Beispiel +49 30 1234567. Für Anrufe von Leitstand.",
    save="Speichern",
    saved="Gespeichert.",
    refusals={
        "name": "Ein Name hat 1 bis 64 druckbare Zeichen.",
        "name_taken": "Diesen Namen gibt es schon.",
        "role": "Diese Rolle gibt es nicht.",
        "partner": "Ein Dienstleister sieht nur sich selbst: bitte wählen, welcher er ist.",
        "scope": "Diesen Bereich gibt es nicht.",
        "scope_wider": "Dieser Bereich reicht über Ihren eigenen hinaus.",
        "own": "Das eigene Konto ändert jemand anderes, damit sich niemand selbst aussperrt.",
        "language": "Diese Sprache gibt es nicht.",
        "phone": "Bitte international schreiben, mit + und dem Land: +49 30 1234567.",
        "password_short": "Mindestens 8 Zeichen.",
        "password_long": "Höchstens 1024 Zeichen.",
        "password_name": "Das Passwort ist der Name. Bitte ein anderes.",
        "password_known": "Dieses Passwort probiert jeder zuerst. Besser sind vier Wörter ohne Zusammenhang.",
        "token_name": "Ein Name hat 1 bis 64 druckbare Zeichen.",
        "token_many": "Mehr als 20 Schlüssel sind es nicht wert. Bitte erst einen widerrufen.",
    },
    wait="Zu viele Fehlversuche. In {seconds} Sekunden geht es weiter.",
    password_title="Passwort",  # noqa: S106 - a label
    password_current="Jetziges Passwort",  # noqa: S106 - a label
    password_new="Neues Passwort",  # noqa: S106 - a label
    password_again="Neues Passwort noch einmal",  # noqa: S106 - a label
    password_rule="Mindestens 8 Zeichen. Vier Wörter ohne Zusammenhang sind besser als Sonderzeichen.",  # noqa: S106
    password_change="Passwort ändern",  # noqa: S106 - a label
    password_changed="Passwort geändert. Alle anderen Sitzungen sind beendet.",  # noqa: S106 - a message
    password_differs="Die beiden neuen Passwörter sind verschieden.",  # noqa: S106 - a message
    password_wrong="Das jetzige Passwort stimmt nicht.",  # noqa: S106 - a message
    factor_title="Zweiter Faktor",
    factor_off_text="Aus. Mit einem Code aus einer Authenticator-App nützt ein gestohlenes Passwort niemandem.",
    factor_on_text="An. Beim Anmelden fragt Leitstand nach dem Code Ihrer App.",
    factor_codes_left="Noch {n} von 10 Ersatzcodes.",
    factor_set_up="Einrichten",
    factor_begin="Weiter",
    factor_change="Ändern",
    factor_scan="Mit der Authenticator-App aufnehmen und den Code eingeben, den sie zeigt.",
    factor_by_hand="Ohne Kamera: diesen Schlüssel eingeben. Er wird nicht wieder gezeigt.",
    factor_code="Code aus der App",
    factor_confirm="Einschalten",
    factor_wrong="Dieser Code stimmt nicht oder wurde schon benutzt.",
    factor_is_on="Der zweite Faktor ist an.",
    factor_turn_off="Ausschalten",
    factor_is_off="Der zweite Faktor ist aus.",
    factor_new_codes="Neue Ersatzcodes",
    codes_title="Ersatzcodes",
    codes_text="Jeder gilt einmal, wenn die App fehlt. Jetzt aufschreiben: sie werden nicht wieder gezeigt.",
    sessions_title="Sitzungen",
    sessions_text="Wo Sie angemeldet sind. Eine beendete Sitzung ist überall sofort zu Ende.",
    session_own="diese Sitzung",
    session_device="{browser} auf {system}",
    session_unknown="Unbekanntes Gerät",
    session_since="seit {begun}, zuletzt {used}",
    session_end="Beenden",
    session_end_others="Alle anderen beenden",
    session_ended="Beendet.",
    tokens_title="Schlüssel für andere Programme",
    tokens_text="Damit liest ein Programm die Kennzahlen wie Sie: /api/kpis und /metrics, in Ihrem Bereich.",
    tokens_none="Noch keiner.",
    token_name="Wofür",  # noqa: S106 - a label
    token_new="Neuer Schlüssel",  # noqa: S106 - a label
    token_make="Schlüssel erzeugen",  # noqa: S106 - a label
    token_title="Der neue Schlüssel",  # noqa: S106 - a label
    token_once="Nur jetzt zu sehen. Leitstand bewahrt ihn nicht auf.",  # noqa: S106 - a message
    token_use="So wird er benutzt",  # noqa: S106 - a label
    token_used="zuletzt benutzt {used}",  # noqa: S106 - a label
    token_unused="noch nie benutzt",  # noqa: S106 - a label
    token_revoke="Widerrufen",  # noqa: S106 - a label
    token_revoked="Widerrufen. Er öffnet ab sofort nichts mehr.",  # noqa: S106 - a message
    back="Zurück",
    code_title="Noch ein Code",
    code_text="Ihre Authenticator-App zeigt sechs Ziffern für Leitstand.",
    code_field="Code",
    code_sign_in="Anmelden",
    code_wrong="Dieser Code stimmt nicht oder wurde schon benutzt.",
    code_lost="App verloren? Ein Ersatzcode geht auch. Sonst hilft, wer Leitstand betreut.",
    code_cancel="Als jemand anderes anmelden",
    invitation_title="Willkommen, {name}",
    invitation_text="Wählen Sie Ihr Passwort. Danach melden Sie sich damit an.",
    reset_title="Neues Passwort für {name}",
    reset_text="Mit dem neuen Passwort enden alle Sitzungen dieses Kontos.",
    link_set="Passwort setzen",
    link_over_title="Dieser Link gilt nicht mehr",
    link_over_text="Er war für einmal und eine begrenzte Zeit. Wer Leitstand betreut, kann einen neuen ausstellen.",
    to_login="Zur Anmeldung",
)
ENGLISH = AccountWording(
    title="My account",
    sees="Sees {scope}",
    sees_everything="Sees everything",
    dimensions={
        "hotline": "Hotline",
        "campaign": "Campaign",
        "project": "Project",
        "client": "Client",
        "provider": "Provider",
        "site": "Site",
        "team": "Team",
        "channel": "Channel",
        "segment": "Segment",
        "reason": "Reason",
    },
    phone="Telephone",
    phone_hint="With the country, such as +44 20 7946 0000. For calls from Leitstand.",
    save="Save",
    saved="Saved.",
    refusals={
        "name": "A name has 1 to 64 printable characters.",
        "name_taken": "There is an account of this name already.",
        "role": "There is no such role.",
        "partner": "A provider sees only itself: please choose which one it is.",
        "scope": "There is no such scope.",
        "scope_wider": "This scope reaches beyond your own.",
        "own": "Somebody else changes your own account, so that nobody locks themselves out.",
        "language": "There is no such language.",
        "phone": "Please write it internationally, with + and the country: +44 20 7946 0000.",
        "password_short": "At least 8 characters.",
        "password_long": "At most 1024 characters.",
        "password_name": "The password is the name. Please choose another.",
        "password_known": "Everybody tries this password first. Four unrelated words are better.",
        "token_name": "A name has 1 to 64 printable characters.",
        "token_many": "There are 20 keys already. Please revoke one first.",
    },
    wait="Too many failed attempts. Try again in {seconds} seconds.",
    password_title="Password",  # noqa: S106 - a label
    password_current="Current password",  # noqa: S106 - a label
    password_new="New password",  # noqa: S106 - a label
    password_again="New password once more",  # noqa: S106 - a label
    password_rule="At least 8 characters. Four unrelated words are better than special characters.",  # noqa: S106
    password_change="Change password",  # noqa: S106 - a label
    password_changed="Password changed. All other sessions have ended.",  # noqa: S106 - a message
    password_differs="The two new passwords differ.",  # noqa: S106 - a message
    password_wrong="The current password is wrong.",  # noqa: S106 - a message
    factor_title="Second factor",
    factor_off_text="Off. With a code from an authenticator app, a stolen password is of no use to anybody.",
    factor_on_text="On. When you sign in, Leitstand asks for the code of your app.",
    factor_codes_left="{n} of 10 recovery codes left.",
    factor_set_up="Set up",
    factor_begin="Go on",
    factor_change="Change",
    factor_scan="Scan this with the authenticator app and enter the code that it shows.",
    factor_by_hand="Without a camera: enter this key. It is not shown again.",
    factor_code="Code of the app",
    factor_confirm="Turn on",
    factor_wrong="This code is wrong or has been used already.",
    factor_is_on="The second factor is on.",
    factor_turn_off="Turn off",
    factor_is_off="The second factor is off.",
    factor_new_codes="New recovery codes",
    codes_title="Recovery codes",
    codes_text="Each works once when the app is missing. Write them down now: they are not shown again.",
    sessions_title="Sessions",
    sessions_text="Where you are signed in. A session that you end is over everywhere at once.",
    session_own="this session",
    session_device="{browser} on {system}",
    session_unknown="Unknown device",
    session_since="since {begun}, last used {used}",
    session_end="End",
    session_end_others="End all others",
    session_ended="Ended.",
    tokens_title="Keys for other programs",
    tokens_text="With one, a program reads the KPIs as you do: /api/kpis and /metrics, within your scope.",
    tokens_none="None yet.",
    token_name="What for",  # noqa: S106 - a label
    token_new="New key",  # noqa: S106 - a label
    token_make="Make a key",  # noqa: S106 - a label
    token_title="The new key",  # noqa: S106 - a label
    token_once="Shown only now. Leitstand does not keep it.",  # noqa: S106 - a message
    token_use="How to use it",  # noqa: S106 - a label
    token_used="last used {used}",  # noqa: S106 - a label
    token_unused="never used",  # noqa: S106 - a label
    token_revoke="Revoke",  # noqa: S106 - a label
    token_revoked="Revoked. It opens nothing from now on.",  # noqa: S106 - a message
    back="Back",
    code_title="One more code",
    code_text="Your authenticator app shows six digits for Leitstand.",
    code_field="Code",
    code_sign_in="Sign in",
    code_wrong="This code is wrong or has been used already.",
    code_lost="App lost? A recovery code works too. Otherwise ask whoever runs Leitstand.",
    code_cancel="Sign in as somebody else",
    invitation_title="Welcome, {name}",
    invitation_text="Choose your password. Then sign in with it.",
    reset_title="New password for {name}",
    reset_text="With the new password all sessions of this account end.",
    link_set="Set password",
    link_over_title="This link is no longer valid",
    link_over_text="It worked once and for a limited time. Whoever runs Leitstand can issue a new one.",
    to_login="To the sign-in",
)
ACCOUNT = {"de": GERMAN, "en": ENGLISH}


def account_words(language: str) -> AccountWording:
    """The texts of a language; German for one that is not known."""
    return ACCOUNT.get(language, GERMAN)
