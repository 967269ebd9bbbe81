"""The contribution margin of a tile: what it earns now and today, as finished texts."""

from __future__ import annotations

from fractions import Fraction

from dashboard import formats
from dashboard.further import Rows
from dashboard.wording import Wording
from streams.money.account import Account, Figure, margin_1


def fields(rows: Rows, words: Wording, lost: str = "") -> dict[str, str]:
    """`mn`, `md`: the margin of the last 30 minutes and of today; `ml`: what to call them, by name or as a loss;
    `mm`: which of them are negative ("n", "t", "nt" or ""); `mt`: both as one text, for a table.

    What cannot be known any more (`lost`) is not claimed.
    """
    now, today = (_of(rows, window) for window in ("30m", "day"))
    if lost:
        now = None
    below = ("n" if _is_loss(now) else "") + ("t" if _is_loss(today) else "")
    said = formats.NOTHING if lost else text(now, words)
    word = words.loss if below else words.margin
    return {
        "mn": said,
        "md": text(today, words),
        "ml": word,
        "mm": below,
        "mt": words.margin_now.format(label=words.loss if "t" in below else words.now, amount=said),
    }


def value(rows: Rows) -> float | None:
    """Today's margin, for sorting; None where it is not known."""
    found = _of(rows, "day")
    return None if found is None or found[0].amount is None else float(found[0].amount)


def revenue(rows: Rows, words: Wording) -> str:
    """Today's revenue: "Umsatz heute 12.345 €"."""
    row = rows.get("day")
    account = None if row is None else row.account
    said = text(None if account is None else (account.sum("revenue"), account), words)
    return words.revenue_today.format(amount=said)


def is_loss(rows: Rows) -> bool:
    """True when money was lost in the last 30 minutes and over the day as well."""
    return all(_is_loss(_of(rows, window)) for window in ("30m", "day"))


def text(margin: tuple[Figure, Account] | None, words: Wording) -> str:
    """The amount as people read it, or the word for why there is none."""
    if margin is None:
        return words.not_supplied
    return text_of_money(*margin, words)


def text_of_money(figure: Figure, account: Account, words: Wording) -> str:
    """An amount as people read it, or the word for why there is none."""
    if figure.amount is None:
        return {"suppressed": words.withheld, "currencies": words.currencies}.get(figure.why or "", words.not_supplied)
    return formats.money(figure.amount, account.currency, words.language)


def _of(rows: Rows, window: str) -> tuple[Figure, Account] | None:
    row = rows.get(window)
    return None if row is None or row.account is None else (margin_1(row.account), row.account)


def _is_loss(margin: tuple[Figure, Account] | None) -> bool:
    return margin is not None and margin[0].amount is not None and margin[0].amount < Fraction(0)
