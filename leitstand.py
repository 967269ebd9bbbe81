"""The command: reads the call, lays options over settings, and hands over to one of `commands`.

Exit status 0: done; 1: the work failed; 2: the call or the settings are wrong; 130: Ctrl-C.
The reason stands on standard error.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from commands.data_format import refuse_newer
from commands.failures import WorkFailed, WrongCall
from commands.wiring import read_settings, settings_in_force

_RUNS = {
    "up": "commands.up",
    "collect": "commands.apart",
    "process": "commands.apart",
    "web": "commands.apart",
    "replay": "commands.replay",
    "kpis": "commands.kpis",
    "feeds": "commands.feeds",
    "dead": "commands.dead",
    "check": "commands.check",
    "history": "commands.history",
    "backup": "commands.backup",
    "restore": "commands.restore",
    "user": "commands.accounts",
}
_PARTS = ("up", "collect", "process", "web")
ROLES = ("manager", "team_lead", "account_manager", "ops", "partner", "auditor")


def parser() -> argparse.ArgumentParser:
    """The command line (contract, section 3)."""
    top = argparse.ArgumentParser(prog="leitstand", description="One live picture of a contact centre.")
    top.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML (default: built-in)")
    top.add_argument("--data", type=Path, metavar="DIR", help="everything that Leitstand writes (default: ./data)")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="run Leitstand: collect, count and serve the pages")
    up.add_argument("--demo", action="store_true", help="with a simulated contact centre and accounts to try")
    commands.add_parser("collect", help="only collect: one part of many machines (REDIS_URL, KAFKA_BROKERS)")
    process = commands.add_parser("process", help="only count: one part of many machines")
    process.add_argument("--worker", metavar="NAME", help="its fixed name among all workers (default: this machine's)")
    web = commands.add_parser("web", help="only serve the pages: one part of many machines")
    for serving in (up, web):
        serving.add_argument("--host", help="address to listen on; 0.0.0.0 for every device in the network")
        serving.add_argument("--port", type=int, help="port to listen on; 0 picks one")
        serving.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain (PEM)")
        serving.add_argument("--tls-key", type=Path, metavar="FILE", help="private key (PEM)")

    replay = commands.add_parser("replay", help="read recorded files of a feed")
    replay.add_argument("feed", metavar="FEED")
    replay.add_argument("files", nargs="+", metavar="FILE")
    replay.add_argument("--speed", default="max", help="max, or N times the recorded pace")

    kpis = commands.add_parser("kpis", help="the numbers at any instant, or by interval")
    kpis.add_argument("--as-of", metavar="T", help="ISO 8601 with offset or Z (default: now)")
    kpis.add_argument("--window", action="append", default=[], help="30m or day, repeatable")
    kpis.add_argument("--basis", help="live or arrival")
    kpis.add_argument("--by", action="append", default=[], metavar="DIM[,DIM...]")
    kpis.add_argument("--where", action="append", default=[], metavar="DIM=VALUE")
    kpis.add_argument("--from", dest="from_", metavar="T")
    kpis.add_argument("--to", metavar="T")
    kpis.add_argument("--interval", help="15m, 30m, 1h, day, week, month or total")
    kpis.add_argument("--zone", metavar="NAME", help="cut intervals at this zone's clock")
    kpis.add_argument("--json", action="store_true")

    feeds = commands.add_parser("feeds", help="what every feed received and what became of it")
    feeds.add_argument("--json", action="store_true")

    dead = commands.add_parser("dead", help="lines that could not be read")
    what = dead.add_subparsers(dest="what", required=True, metavar="list|show|retry")
    for name in ("list", "show", "retry"):
        one = what.add_parser(name)
        one.add_argument("--json", action="store_true")
        if name == "show":
            one.add_argument("id", metavar="ID")

    commands.add_parser("check", help="check the settings and list every fault")

    history = commands.add_parser("history", help="what is kept, and what each closed day said")
    what = history.add_subparsers(dest="what", required=True, metavar="list|verify|rebuild|report|diff")
    listing = what.add_parser("list", help="closed days with their versions, files, rows and bytes")
    listing.add_argument("--json", action="store_true")
    what.add_parser("verify", help="whether every file is there and as it was written")
    rebuild = what.add_parser("rebuild", help="the facts of closed days anew from the records")
    rebuild.add_argument("day", nargs="?", metavar="DAY", help="YYYY-MM-DD (default: every closed day)")
    report = what.add_parser("report", help="a closed day by hotline and over all")
    report.add_argument("day", metavar="DAY", help="YYYY-MM-DD")
    report.add_argument("--version", type=int, metavar="N", help="default: the newest")
    report.add_argument("--json", action="store_true")
    diff = what.add_parser("diff", help="what changed between two versions of a day, and which late records did it")
    diff.add_argument("day", metavar="DAY", help="YYYY-MM-DD")
    diff.add_argument("--from", dest="from_", type=int, required=True, metavar="N")
    diff.add_argument("--to", type=int, required=True, metavar="N")
    diff.add_argument("--json", action="store_true")

    backup = commands.add_parser("backup", help="everything into an empty folder, also while Leitstand runs")
    backup.add_argument("folder", type=Path, metavar="DIR")
    restore = commands.add_parser("restore", help="a backup into an empty data folder")
    restore.add_argument("folder", type=Path, metavar="DIR")

    user = commands.add_parser("user", help="accounts")
    what = user.add_subparsers(dest="what", required=True, metavar="add|role|disable|enable|password")
    for name, does in {
        "add": "a new account",
        "role": "another role and scope, effective on open pages within 5 s",
        "disable": "lock an account and end its sessions",
        "enable": "let it log in again",
        "password": "a new password; ends its sessions",
    }.items():
        one = what.add_parser(name, help=does)
        one.add_argument("name", metavar="NAME")
        if name in {"add", "role"}:
            one.add_argument("--role", required=True, choices=ROLES)
            one.add_argument("--scope", action="append", default=[], metavar="DIM=VALUE")
        if name in {"add", "password"}:
            one.add_argument("--password-stdin", action="store_true")
        if name == "password":
            one.add_argument("--without-second-factor", action="store_true", help="turn that off, where it was lost")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    arguments = parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    try:
        settings = read_settings(arguments.config)
        data = (arguments.data or settings.storage.data_folder).absolute()
        refuse_newer(data)
        if arguments.config is None and arguments.command not in {*_PARTS, "check"}:
            settings = settings_in_force(data) or settings
        if arguments.command in {"up", "web"}:
            over = {name: getattr(arguments, name) for name in ("host", "port", "tls_cert", "tls_key")}
            web = replace(settings.web, **{name: value for name, value in over.items() if value is not None})
            settings = replace(settings, web=web)
        importlib.import_module(_RUNS[arguments.command]).run(arguments, settings, data)
        sys.stdout.flush()
    except (WorkFailed, WrongCall) as error:
        sys.stderr.write(f"leitstand: {error}\n")
        return 1 if isinstance(error, WorkFailed) else 2
    except KeyboardInterrupt:
        sys.stderr.write("leitstand: ended by Ctrl-C; what was appended stays, the next call goes on behind it\n")
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`leitstand kpis | head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
