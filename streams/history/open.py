"""Opening the history by its address."""

from __future__ import annotations

from pathlib import Path

from streams.history.files_arrow import ArrowFiles
from streams.history.history import History


def open_history(place: str | Path) -> History:
    """The history in this folder, or at this URI of any filesystem that pyarrow knows. Nothing is made yet.

    Raises `HistoryUnavailable` for an address that pyarrow does not open.
    """
    return History(ArrowFiles(place))
