"""The browser that all tests of a process share, and what the whole run says at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.machine.report import pytest_terminal_summary

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["pytest_terminal_summary"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window; where it is missing the tests fail, they do not skip.

    One for all tests of a process: as long as it is open, this thread counts as one in which an event loop runs, so
    that a second one could not be opened, and `asyncio.run` wants a thread of its own.
    """
    from docs.chromium import chromium  # not at the top: the quick checks need no browser

    with chromium() as browser:
        yield browser
