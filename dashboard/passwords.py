"""What a password has to be like: long enough, not the name, not one that everybody tries first. Nothing else."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from dashboard.access import Refused

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024

_OURS = frozenset({"leitstand", "passwort", "kennwort", "password", "willkommen", "welcome"})
_APPENDED = "0123456789!?.,-_#*"


def check_password(name: str, password: str) -> None:
    """Raises `Refused` where the account of this name may not have this password."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = f"write a password of at least {SHORTEST_PASSWORD} characters"
        raise Refused(message, "password_short" if len(password) < SHORTEST_PASSWORD else "password_long")
    folded = password.casefold()
    # "Anna2026!" is the name all the same.
    bare = folded.strip(_APPENDED)
    if folded == name.casefold() or bare == name.casefold():
        message = "the password is the name of the account: write another one"
        raise Refused(message, "password_name")
    if folded in _known() or bare in _OURS or len(set(folded)) < 3:
        message = "this is one of the passwords that are tried first: write another one, such as four unrelated words"
        raise Refused(message, "password_known")


@cache
def _known() -> frozenset[str]:
    lines = files("dashboard").joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
