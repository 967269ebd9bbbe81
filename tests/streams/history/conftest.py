"""Histories in memory, in a folder and on another filesystem of pyarrow."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.history.files import Files
from streams.history.files_arrow import ArrowFiles
from streams.history.files_memory import MemoryFiles
from streams.history.history import History


@pytest.fixture(params=["memory", "folder", "uri"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """One empty place for each implementation."""
    if request.param == "memory":
        return MemoryFiles()
    return ArrowFiles(tmp_path / "history" if request.param == "folder" else "mock:///history")


@pytest.fixture
def history(files: Files) -> History:
    """An empty history on each of them."""
    return History(files)
