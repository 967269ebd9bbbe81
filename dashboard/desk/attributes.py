"""Attributes of HTML whose names Python cannot say."""

from __future__ import annotations

from typing import Any


def attributes(**named: str) -> dict[str, Any]:
    """Arguments of a Dash component: `data_shown="x"` is its attribute `data-shown`."""
    return {name.replace("_", "-"): value for name, value in named.items()}
