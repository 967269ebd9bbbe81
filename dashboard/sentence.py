"""The sentence on top: what is the matter, in words, before any number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.silence import ago
from dashboard.tile import STATES, Tile
from dashboard.wording import Wording


@dataclass(frozen=True)
class Sentence:
    """`lead` is emphasised in the colour of `mood` (a state), `tail` follows it and ends with a full stop."""

    lead: str
    tail: str
    mood: str


def say(
    tiles: Sequence[Tile], *, group: str, as_of_ms: int, feeds_configured: int, silent: str, words: Wording
) -> Sentence:
    """The state of everything in view. `tiles` are worst first.

    Without a grouping hotlines are counted, each by its worst provider, whatever the number of its tiles. `silent`:
    which feeds are, in words; "" where none is or the reader must not know.
    """
    if not tiles:
        return Sentence(words.say_nothing if feeds_configured else words.say_no_feeds, ".", "none")
    states = _states(tiles, group)
    counts, total = Counter(states.values()), len(states)
    names = {
        "all": total,
        "bad": counts["bad"],
        "warn": counts["warn"],
        "good": counts["good"],
        "worst": tiles[0].source.name,
        "units": words.units[group],
        "units_of": words.units_of[group],
    }
    if counts["lost"] == total:
        return Sentence(
            words.say_all_lost, words.say_all_lost_tail.format(why=silent or tiles[0].source.lost) + ".", "lost"
        )
    because = f": {silent}" if silent else ""
    rest = f"{words.say_unknown.format(lost=counts['lost'])}{because}." if counts["lost"] else ""

    def sentence(lead: str, tail: str, mood: str) -> Sentence:
        return Sentence(lead.format(**names), f"{tail.format(**names)}.{rest}", mood)

    if total == 1 and (counts["bad"] or counts["warn"]):
        return sentence(words.say_only, _only_tail(tiles[0], as_of_ms, words), tiles[0].state)
    if counts["bad"]:
        return sentence(words.say_lead, _bad_tail(tiles, counts["bad"], as_of_ms, words), "bad")
    if counts["warn"]:
        return sentence(words.say_close, words.say_close_tail, "warn")
    if counts["good"] == total:
        return sentence(words.say_only if total == 1 else words.say_good, words.say_good_tail, "good")
    if counts["good"]:
        few = total - counts["good"] - counts["lost"]
        return sentence(words.say_some_good, words.say_some_good_tail if few else words.say_good_tail, "good")
    if counts["few"] or counts["none"]:
        return sentence(words.say_few, "", "few")
    return sentence(words.say_empty, "", "empty")


def _states(tiles: Sequence[Tile], group: str) -> dict[str, str]:
    states: dict[str, str] = {}
    for tile in tiles:
        for unit in tile.source.key if group else tile.source.hotlines:
            known = states.get(unit)
            if known is None or STATES.index(tile.state) < STATES.index(known):
                states[unit] = tile.state
    return states


def _since(worst: Tile, as_of_ms: int, words: Wording) -> str:
    if worst.since_ms is None or as_of_ms - worst.since_ms < 60_000:
        return ""
    return words.say_since.format(ago=ago(as_of_ms - worst.since_ms, words))


def _only_tail(only: Tile, as_of_ms: int, words: Wording) -> str:
    return words.say_below + _since(only, as_of_ms, words) if only.state == "bad" else f" {words.warn}"


def _bad_tail(tiles: Sequence[Tile], bad: int, as_of_ms: int, words: Wording) -> str:
    name = tiles[0].source.name.replace("{", "{{").replace("}", "}}")
    since = _since(tiles[0], as_of_ms, words)
    if bad == 1:
        return words.say_one.format(worst=name) + since
    if since:
        # "Reklamation seit über 12 Minuten": the comma of the clause has already been set before the name.
        return f"{words.say_below}, {name}{since.removeprefix(',')}"
    return words.say_below + words.say_worst.format(worst=name)
