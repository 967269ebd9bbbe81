"""Fixtures of the browser tests: a served application and a user who has logged in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from dashboard import users
from streams.records import Cell
from tests.browser.served import Served
from tests.dashboard.boards import reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

ALPHA, BETA = Cell("Alpha", "Nord"), Cell("Beta", "Süd")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The application with one hotline in its target and one below."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    served = Served(tmp_path, [ALPHA, BETA])
    served.publish([reading(ALPHA, (90, 100)), reading(BETA, (40, 100))], whole=True)
    served.start()
    yield served
    served.close()


@pytest.fixture
def phone(chromium: Browser, served: Served) -> Iterator[BrowserContext]:
    """A phone on which the user has logged in."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    served.log_in(page)
    page.close()
    yield context
    context.close()
