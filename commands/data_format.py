"""The version of a data folder: `format.json` says which program may open it."""

from __future__ import annotations

import json
from pathlib import Path

from commands.failures import WorkFailed

VERSION = 2
"""1: folders without this file, by releases before the history. 2: with a history."""
FILE_NAME = "format.json"


def refuse_newer(data: Path) -> None:
    """Raises `WorkFailed` for a folder that a newer release wrote. A folder without the file is of an older one."""
    path = data / FILE_NAME
    try:
        version = int(json.loads(path.read_text("utf-8"))["version"])
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = (
            f'{path} cannot be read ({error}): restore it from a backup, or write {{"version": {VERSION}}} into it'
        )
        raise WorkFailed(message) from error
    if version > VERSION:
        message = (
            f"{data} was written by a newer Leitstand (format {version}, this one knows {VERSION}): "
            "install that release or newer, or name another folder with --data"
        )
        raise WorkFailed(message)


def note(data: Path) -> None:
    """Marks a folder as written by this release."""
    path = data / FILE_NAME
    if path.exists() and int(json.loads(path.read_text("utf-8"))["version"]) == VERSION:
        return
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"version": VERSION}) + "\n", "utf-8")
    beside.replace(path)
