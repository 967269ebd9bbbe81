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

    Without a grouping hotlines are counted, each by its worst provider, whatever the number of its tiles, and campaigns
    beside them; "tile" is the group of tiles that have none in common. `silent`: which feeds are, in words; "" where
    none is or the reader must not know.
    """
    if not tiles:
        return Sentence(words.say_nothing if feeds_configured else words.say_no_feeds, ".", "none")
    campaigns = [tile for tile in tiles if tile.source.group == "campaign"]
    others = [tile for tile in tiles if tile.source.group != "campaign"]
    because = f": {silent}" if silent else ""
    if not others:
        return _with_lost(*_of_campaigns(campaigns, silent, words), tiles, group, because, words)
    said = _of_hotlines(others, group, as_of_ms, silent, words, brief=any(tile.state == "bad" for tile in campaigns))
    if campaigns:
        said = _both(said, others, campaigns, group, words)
    return _with_lost(*said, tiles, group, because, words)


_Said = tuple[str, str, str]
"""Lead and tail without the full stop, and the mood."""


def _with_lost(
    lead: str, tail: str, mood: str, tiles: Sequence[Tile], group: str, because: str, words: Wording
) -> Sentence:
    lost = 0 if mood == "lost" else list(_states(tiles, group).values()).count("lost")
    rest = f"{words.say_unknown.format(lost=lost)}{because}." if lost else ""
    return Sentence(lead, f"{tail}.{rest}", mood)


def _of_hotlines(
    tiles: Sequence[Tile], group: str, as_of_ms: int, silent: str, words: Wording, *, brief: bool
) -> _Said:
    """`brief`: there is more to say behind it."""
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

    def said(lead: str, tail: str, mood: str) -> _Said:
        return lead.format(**names), tail.format(**names), mood

    if counts["lost"] == total:
        return words.say_all_lost, words.say_all_lost_tail.format(why=silent or tiles[0].source.lost), "lost"
    if total == 1 and (counts["bad"] or counts["warn"]):
        return said(words.say_only, _only_tail(tiles[0], as_of_ms, words), tiles[0].state)
    if counts["bad"]:
        tail = words.say_below if brief else _bad_tail(tiles, counts["bad"], as_of_ms, words)
        return said(words.say_lead, tail, "bad")
    if counts["warn"]:
        return said(words.say_close, words.say_close_tail, "warn")
    if counts["good"] == total:
        return said(words.say_only if total == 1 else words.say_good, words.say_good_tail, "good")
    if counts["good"]:
        few = total - counts["good"] - counts["lost"]
        return said(words.say_some_good, words.say_some_good_tail if few else words.say_good_tail, "good")
    if counts["few"] or counts["none"]:
        return said(words.say_few, "", "few")
    return said(words.say_quiet if any(tile.today["offered"] for tile in tiles) else words.say_empty, "", "empty")


def _of_campaigns(campaigns: Sequence[Tile], silent: str, words: Wording) -> _Said:
    """What is the matter with campaigns alone. They are worst first."""
    worst, total = campaigns[0], len(campaigns)
    counts = Counter(tile.state for tile in campaigns)
    if counts["lost"] == total:
        return words.say_all_lost, words.say_all_lost_tail.format(why=silent or worst.source.lost), "lost"
    for state in ("bad", "warn"):
        if counts[state]:
            lead, tail = _noted(campaigns, state, words)
            return _begun(lead), tail, state
    if counts["good"]:
        lead = words.say_campaigns_good if total > 1 else words.say_campaign
        return _begun(lead.format(all=total, name=worst.source.name)), words.say_campaigns_good_tail, "good"
    if counts["few"]:
        return words.say_few, "", "few"
    quiet = any(tile.today["attempts"] for tile in campaigns)
    return words.say_campaigns_quiet if quiet else words.say_campaigns_empty, "", "empty"


def _both(said: _Said, hotlines: Sequence[Tile], campaigns: Sequence[Tile], group: str, words: Wording) -> _Said:
    lead, tail, mood = said
    states = [tile.state for tile in campaigns]
    for state in ("bad", "warn"):
        if state not in states:
            continue
        noted, how = _noted(campaigns, state, words)
        if STATES.index(mood) <= STATES.index(state):
            return lead, f"{tail}, {noted}{how}", mood
        # What is worse stands first, and hotlines that are well need no more than a word.
        if set(_states(hotlines, group).values()) == {"good"}:
            return _begun(noted), f"{how}, {words.say_hotlines_good}", state
        return _begun(noted), f"{how}, {lead}{tail}" if mood in ("warn", "good") else how, state
    if mood == "good" and "good" in states:
        return lead, tail + words.say_campaigns_too, mood
    return lead, tail, mood


def _begun(text: str) -> str:
    """The same at the begin of a sentence."""
    return text[:1].upper() + text[1:]


def _noted(campaigns: Sequence[Tile], state: str, words: Wording) -> tuple[str, str]:
    """Which campaigns are in this state, and why: by name where it is one, else how many of how many."""
    there = [tile for tile in campaigns if tile.state == state]
    reasons = {tile.reason or tile.state for tile in there}
    how = words.say_campaign_states[reasons.pop() if len(reasons) == 1 else "mixed"]
    if len(there) == 1:
        return words.say_campaign.format(name=there[0].source.name), how
    return words.say_campaigns.format(n=len(there), all=len(campaigns)), how


def _states(tiles: Sequence[Tile], group: str) -> dict[str, str]:
    states: dict[str, str] = {}
    for tile in tiles:
        for unit in {tile.source.id} if group or tile.source.kind == "campaign" else tile.source.hotlines:
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
