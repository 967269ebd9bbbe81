"""Fixtures of the web side."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dashboard import users
from tests.dashboard.centre import Centre


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed with little effort; one test looks at the real effort."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """An application without the desk, whose hub has seen the first picture."""
    centre = Centre(tmp_path, with_desk=False)
    centre.publish_all()
    return centre


@pytest.fixture
def whole_centre(tmp_path: Path) -> Centre:
    """The same with the desk."""
    centre = Centre(tmp_path)
    centre.publish_all()
    return centre
