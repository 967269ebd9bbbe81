"""One-way names of those whom a dialer calls (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from streams.records import ID_BYTES


def lead_names(pseudonym: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """The one-way name of a lead as its source names it.

    The key is derived once: there are far more leads than persons, and none of them is worth remembering.
    """
    key = pseudonym("leads")
    return lambda name: hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=ID_BYTES, key=key).digest()
