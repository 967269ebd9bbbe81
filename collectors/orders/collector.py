"""The settings of an orders feed, ready to make its parser and to open its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from collectors.contract import Parser, Wiring
from collectors.marks import Mark
from collectors.orders.drop_folder import DropFolder
from collectors.orders.parse import OrdersParser
from collectors.orders.settings import OrdersSettings, read_settings
from collectors.sources import MarkOf, OpenSource


class OrdersOptions:
    """See `ParserOptions` and `Dropped`."""

    rotated = ""

    def __init__(self, settings: OrdersSettings) -> None:
        self.settings = settings

    def parser(self, wiring: Wiring) -> OrdersParser:
        """See `ParserOptions.parser`."""
        return OrdersParser(self.settings, wiring)

    def folder_source(self, folder: Path) -> OpenSource:
        """See `Dropped.folder_source`."""

        def opened(parser: Parser, mark_of: MarkOf, resume: Mark | None) -> DropFolder:
            del parser, resume  # every file is known by its content
            return DropFolder(folder, self.settings.pattern, mark_of, checksums=self.settings.checksums)

        return opened


def read_options(table: Mapping[str, object]) -> OrdersOptions:
    """The checked keys. Raises `BadOptions`."""
    return OrdersOptions(read_settings(table))
