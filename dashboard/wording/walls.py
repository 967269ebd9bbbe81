"""The texts of the pages of walls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WallsWording:
    """The texts of one language. Braces are filled in by the caller."""

    title: str
    lead: str
    none: str
    new: str
    new_text: str
    name: str
    make: str
    all_walls: str
    saved: str
    summary: str
    boards_one: str
    boards: str
    links_one: str
    links: str
    links_none: str
    by: str
    # one board
    board: str
    boards_title: str
    preview: str
    preview_text: str
    board_title: str
    board_title_hint: str
    show: str
    automatic: str
    automatic_text: str
    groups: Mapping[str, str]
    most: str
    most_hint: str
    sort: str
    sorts: Mapping[str, str]
    tiles: str
    tiles_text: str
    add: str
    add_text: str
    up: str
    down: str
    drop: str
    save: str
    add_board: str
    board_up: str
    board_down: str
    board_drop: str
    # how it behaves
    settings: str
    seconds: str
    palette: str
    palettes: Mapping[str, str]
    night: str
    night_hint: str
    night_from: str
    night_to: str
    forward: str
    forward_text: str
    sound: str
    sound_text: str
    language: str
    # links
    links_title: str
    links_text: str
    link_name: str
    link_hint: str
    make_link: str
    revoke: str
    screens_none: str
    screens_one: str
    screens: str
    link_made: str
    link_once: str
    link_kiosk: str
    back: str
    remove: str
    remove_text: str
    problems: Mapping[str, str]


GERMAN = WallsWording(
    title="Tafeln",
    lead="Bildschirme, die jeder im Raum liest: ohne Anmeldung, über einen Link, der jederzeit endet.",
    none="Noch keine Tafel. Die erste entsteht hier:",
    new="Neue Tafel",
    new_text="Sie beginnt mit allen Hotlines Ihres Bereichs, die schlechteste zuerst.",
    name="Name",
    make="Tafel anlegen",
    all_walls="Alle Tafeln",
    saved="Gespeichert. Die Bildschirme folgen in wenigen Sekunden.",
    summary="{boards} · alle {seconds} s · {palette}",
    boards_one="1 Ansicht",
    boards="{n} Ansichten",
    links_one="1 Link",
    links="{n} Links",
    links_none="kein Link",
    by="von {name}",
    board="Ansicht {n}",
    boards_title="Ansichten",
    preview="Vorschau",
    preview_text="So sieht der Bildschirm gerade aus, mit den Zahlen Ihres Bereichs.",
    board_title="Überschrift",
    board_title_hint="Steht unten links, höchstens 40 Zeichen; darf leer bleiben.",
    show="Was sie zeigt",
    automatic="Von selbst",
    automatic_text="Ohne gewählte Kacheln zeigt die Ansicht alles dieser Ebene.",
    groups={
        "": "Hotline je Dienstleister",
        "hotline": "Hotline",
        "campaign": "Kampagne",
        "provider": "Dienstleister",
        "project": "Projekt",
        "client": "Auftraggeber",
    },
    most="Kacheln zugleich",
    most_hint="1 bis 24; was nicht passt, folgt auf weiteren Ansichten.",
    sort="Reihenfolge",
    sorts={"worst": "schlechteste zuerst", "name": "nach Name", "given": "wie hier gewählt"},
    tiles="Gewählte Kacheln",
    tiles_text="{n} von höchstens 24.",
    add="Kacheln wählen",
    add_text="Ebene aufklappen, Namen ankreuzen, speichern.",
    up="{name} nach vorn",
    down="{name} nach hinten",
    drop="{name} entfernen",
    save="Speichern",
    add_board="Ansicht hinzufügen",
    board_up="Früher zeigen",
    board_down="Später zeigen",
    board_drop="Ansicht entfernen",
    settings="Verhalten",
    seconds="Sekunden je Ansicht",
    palette="Farben",
    palettes={
        "": "wie das Gerät",
        "light": "hell",
        "dark": "dunkel",
        "night": "Nacht",
        "safe-light": "farbsicher hell",
        "safe-dark": "farbsicher dunkel",
    },
    night="Nachts gedimmt",
    night_hint="Nach der Uhr des Standorts; leer heißt nie.",
    night_from="von",
    night_to="bis",
    forward="Unter Ziel kommt nach vorn",
    forward_text="Eine Kachel unter Ziel hält den Wechsel an und steht groß, bis sie sich erholt hat.",
    sound="Ton dabei",
    sound_text="Zwei kurze Töne, je Kachel höchstens einmal in der Minute.",
    language="Sprache",
    links_title="Links",
    links_text="Jeder Link öffnet nur diese Tafel. Beenden wirkt auf allen seinen Bildschirmen in fünf Sekunden.",
    link_name="Wo hängt der Bildschirm?",
    link_hint="Zum Beispiel: Foyer Köln.",
    make_link="Link erzeugen",
    revoke="Beenden",
    screens_none="noch nicht geöffnet",
    screens_one="1 Bildschirm, zuletzt {seen}",
    screens="{n} Bildschirme, zuletzt {seen}",
    link_made="Link für {name}",
    link_once="Er wird nur jetzt gezeigt. Am Bildschirm öffnen; danach steht er nicht mehr in der Adresszeile.",
    link_kiosk="Als Startseite eines Kiosk-Browsers, mit Ton von Anfang an:",
    back="Zurück zur Tafel",
    remove="Tafel entfernen",
    remove_text="Mit allen Links. Die Bildschirme sagen dann, dass die Tafel abgeschaltet ist.",
    problems={
        "name": "Bitte einen Namen mit 1 bis 64 Zeichen eingeben.",
        "link": "Bitte sagen, wo der Bildschirm hängt, mit 1 bis 64 Zeichen.",
        "boards": "Eine Tafel hat 1 bis 20 Ansichten.",
        "tiles": "Eine Ansicht zeigt 1 bis 24 Kacheln.",
        "title": "Die Überschrift hat höchstens 40 Zeichen.",
        "seconds": "Der Wechsel dauert 5 bis 3600 Sekunden.",
        "night": "Bitte beide Zeiten als 22:00 angeben, verschieden, oder beide leer lassen.",
        "many": "So viele sind genug. Bitte erst entfernen, was niemand mehr braucht.",
        "scope_wider": "Der Bereich reicht weiter als Ihr eigener.",
        "scope": "Diesen Bereich gibt es nicht.",
    },
)
ENGLISH = WallsWording(
    title="Walls",
    lead="Screens that everybody in the room can read: without a login, by a link that can be ended at any time.",
    none="No wall yet. The first one is made here:",
    new="New wall",
    new_text="It begins with all hotlines of your scope, worst first.",
    name="Name",
    make="Make the wall",
    all_walls="All walls",
    saved="Saved. The screens follow within seconds.",
    summary="{boards} · every {seconds} s · {palette}",
    boards_one="1 board",
    boards="{n} boards",
    links_one="1 link",
    links="{n} links",
    links_none="no link",
    by="by {name}",
    board="Board {n}",
    boards_title="Boards",
    preview="Preview",
    preview_text="This is what the screen looks like now, with the numbers of your scope.",
    board_title="Title",
    board_title_hint="Stands at the bottom left, at most 40 characters; may be empty.",
    show="What it shows",
    automatic="By itself",
    automatic_text="Without chosen tiles the board shows everything of this level.",
    groups={
        "": "Hotline per provider",
        "hotline": "Hotline",
        "campaign": "Campaign",
        "provider": "Provider",
        "project": "Project",
        "client": "Client",
    },
    most="Tiles at once",
    most_hint="1 to 24; what does not fit follows on further boards.",
    sort="Order",
    sorts={"worst": "worst first", "name": "by name", "given": "as chosen here"},
    tiles="Chosen tiles",
    tiles_text="{n} of at most 24.",
    add="Choose tiles",
    add_text="Unfold a level, tick names, save.",
    up="{name} forward",
    down="{name} back",
    drop="Remove {name}",
    save="Save",
    add_board="Add a board",
    board_up="Show earlier",
    board_down="Show later",
    board_drop="Remove the board",
    settings="Behaviour",
    seconds="Seconds per board",
    palette="Colours",
    palettes={
        "": "as the device",
        "light": "light",
        "dark": "dark",
        "night": "night",
        "safe-light": "colour-safe light",
        "safe-dark": "colour-safe dark",
    },
    night="Dimmed at night",
    night_hint="By the clock of the site; empty means never.",
    night_from="from",
    night_to="to",
    forward="Below target comes forward",
    forward_text="A tile below its target stops the turning and stands large until it has recovered.",
    sound="With sound",
    sound_text="Two short tones, for each tile at most once a minute.",
    language="Language",
    links_title="Links",
    links_text="Each link opens this wall only. Ending it takes five seconds to reach all of its screens.",
    link_name="Where does the screen hang?",
    link_hint="For example: lobby Cologne.",
    make_link="Make a link",
    revoke="End",
    screens_none="not opened yet",
    screens_one="1 screen, last {seen}",
    screens="{n} screens, last {seen}",
    link_made="Link for {name}",
    link_once="It is shown now and never again. Open it at the screen; afterwards it is gone from the address bar.",
    link_kiosk="As the start page of a kiosk browser, with sound from the beginning:",
    back="Back to the wall",
    remove="Remove the wall",
    remove_text="With all its links. The screens then say that the wall has been switched off.",
    problems={
        "name": "Please write a name of 1 to 64 characters.",
        "link": "Please say where the screen hangs, in 1 to 64 characters.",
        "boards": "A wall has 1 to 20 boards.",
        "tiles": "A board shows 1 to 24 tiles.",
        "title": "The title has at most 40 characters.",
        "seconds": "A turn takes 5 to 3600 seconds.",
        "night": "Please write both times like 22:00, not the same, or leave both empty.",
        "many": "That is enough. Please remove what nobody needs first.",
        "scope_wider": "The scope reaches beyond your own.",
        "scope": "There is no such scope.",
    },
)
WALLS: Mapping[str, WallsWording] = {"de": GERMAN, "en": ENGLISH}


def walls_words(language: str) -> WallsWording:
    """The texts of a language; German for one that is not known."""
    return WALLS.get(language, GERMAN)
