"""The settings of a VICIdial feed, ready to make its parser and to open its database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from collectors.contract import Parser, Wiring
from collectors.marks import Mark
from collectors.sources import Days, MarkOf, OpenSource
from collectors.vicidial.parse import VicidialParser
from collectors.vicidial.settings import VicidialSettings, read_settings

if TYPE_CHECKING:
    from collectors.vicidial.source import VicidialSource


class VicidialOptions:
    """See `ParserOptions` and `Polled`."""

    rotated = ""

    def __init__(self, settings: VicidialSettings) -> None:
        self.settings = settings

    def parser(self, wiring: Wiring) -> VicidialParser:
        """See `ParserOptions.parser`."""
        return VicidialParser(self.settings, wiring)

    def live_source(self, zone: ZoneInfo, days: Days) -> OpenSource:
        """See `Polled.live_source`."""
        # Not at the top: SQLAlchemy takes half as long to import as all of Leitstand, and most commands read no table.
        from collectors.vicidial.source import VicidialSource  # noqa: PLC0415

        def opened(parser: Parser, mark_of: MarkOf, resume: Mark | None) -> VicidialSource:
            del mark_of  # a place in a database is known by its name
            assert isinstance(parser, VicidialParser)
            return VicidialSource(self.settings, zone, days, parser, resume)

        return opened


def read_options(table: Mapping[str, object]) -> VicidialOptions:
    """The checked keys. Raises `BadOptions`."""
    return VicidialOptions(read_settings(table))
