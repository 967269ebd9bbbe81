"""How a command ends when it does not end well."""

from __future__ import annotations


class WorkFailed(Exception):
    """The call was right but the work failed: exit status 1, the message on standard error."""


class WrongCall(Exception):
    """The call or the settings are wrong: exit status 2, the message on standard error."""
