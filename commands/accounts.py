"""`leitstand user`: accounts from the command line. What it changes shows on open pages within five seconds."""

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
from dashboard.access import Refused, Scope, check_account
from dashboard.database import LOST, DatabaseRefused, open_database
from dashboard.session_store import User
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
    """Adds one account, or changes one."""
    del settings
    try:
        said = _RUNS[arguments.what](arguments, data)
    except LOST as error:
        message = "the database of accounts stopped answering: call again"
        raise WorkFailed(message) from error
    except NameTaken as error:
        raise WorkFailed(str(error)) from error
    except Refused as error:
        raise WrongCall(str(error)) from error
    sys.stdout.write(f"{said}\n")


def _add(arguments: argparse.Namespace, data: Path) -> str:
    scope = _scope(arguments.scope)
    password = _password(from_stdin=arguments.password_stdin)
    user = users(data).add_user(arguments.name, password, arguments.role, scope)
    return f"account {user.name} ({arguments.role}, {scope.name or 'everything'}) is ready"


def _role(arguments: argparse.Namespace, data: Path) -> str:
    scope = _scope(arguments.scope)
    check_account(arguments.role, scope)
    known, user = _found(arguments, data)
    known.give(user.id, arguments.role, scope)
    return f"account {user.name} is {arguments.role} now and sees {scope.name or 'everything'}"


def _disable(arguments: argparse.Namespace, data: Path) -> str:
    known, user = _found(arguments, data)
    known.disable(user.id)
    return f"account {user.name} is disabled: its sessions have ended, its tokens and links open nothing"


def _enable(arguments: argparse.Namespace, data: Path) -> str:
    known, user = _found(arguments, data)
    known.enable(user.id)
    return f"account {user.name} may log in again"


def _new_password(arguments: argparse.Namespace, data: Path) -> str:
    known, user = _found(arguments, data)
    known.set_password(user, _password(from_stdin=arguments.password_stdin))
    if arguments.without_second_factor:
        known.second_factor.turn_off(user.id)
    return f"account {user.name} has a new password: its sessions have ended"


_RUNS = {"add": _add, "role": _role, "disable": _disable, "enable": _enable, "password": _new_password}


def _found(arguments: argparse.Namespace, data: Path) -> tuple[Users, User]:
    known = users(data)
    account = known.account_named(arguments.name)
    if account is None:
        message = f"there is no account {arguments.name!r}: see the names on the page of users, or add it"
        raise WorkFailed(message)
    return known, account.user


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
