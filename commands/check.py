"""`leitstand check`: the settings, with every fault listed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Says what the settings hold; faulty ones never get here."""
    del data
    source = arguments.config or "built-in defaults"
    sys.stdout.write(
        f"{source}: good. {len(settings.feeds)} feeds, {len(settings.queues)} queues, "
        f"{len(settings.configured_hotlines)} hotlines, zone {settings.site.zone}\n"
    )
