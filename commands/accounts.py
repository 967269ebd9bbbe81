"""`leitstand user add`: accounts from the command line."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections import defaultdict
from pathlib import Path

from commands import storing, wiring
from commands.failures import WorkFailed, WrongCall
from config.settings import Settings
from dashboard.access import Refused, Scope
from dashboard.database import LOST, DatabaseRefused, open_database
from dashboard.users import Apart, NameTaken, Users, on_the_spot


def users(data: Path, apart: Apart = on_the_spot) -> Users:
    """The accounts of a data folder, or of DATABASE_URL. Raises `WorkFailed` where they cannot be had."""
    storing.prepare(data)
    try:
        database = open_database(os.environ.get("DATABASE_URL") or data)
    except DatabaseRefused as error:
        raise WorkFailed(str(error)) from error
    except LOST as error:
        why = getattr(error, "orig", None) or error
        message = f"the database of accounts does not answer: {why}: start it, or correct DATABASE_URL"
        raise WorkFailed(message) from error
    return Users(database, wiring.wall_clock_ms, apart)


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Adds one account."""
    del settings
    try:
        scope = _scope(arguments.scope)
        password = _password(from_stdin=arguments.password_stdin)
        user = users(data).add_user(arguments.name, password, arguments.role, scope)
    except LOST as error:
        message = "the database of accounts stopped answering: call again"
        raise WorkFailed(message) from error
    except NameTaken as error:
        raise WorkFailed(str(error)) from error
    except Refused as error:
        raise WrongCall(str(error)) from error
    sys.stdout.write(f"account {user.name} ({arguments.role}, {scope.name or 'everything'}) is ready\n")


def _scope(texts: list[str]) -> Scope:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            message = f"--scope {text!r} has no value: write DIM=VALUE"
            raise WrongCall(message)
        values[name].append(value)
    return Scope.of(values)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        message = "there is no terminal to ask for the password: use --password-stdin"
        raise WrongCall(message)
    first, second = getpass.getpass("Password: "), getpass.getpass("Once more: ")
    if first != second:
        message = "the two passwords differ"
        raise WorkFailed(message)
    return first
