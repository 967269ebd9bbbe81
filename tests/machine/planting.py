"""How faults are planted: each replaces one function of the core by one that is a little wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest import mock

from streams.codec import decode, encode
from streams.pipeline import Pipeline
from streams.records import Fact

Plant = Callable[[], Iterator[None]]
PLANTED: dict[str, Callable[[], AbstractContextManager[None]]] = {}
"""Every fault of the modules that are imported by its name: a context in which it is planted."""


def fault(plant: Plant) -> Plant:
    """Notes a fault under its name."""
    PLANTED[plant.__name__.replace("_", " ")] = contextmanager(plant)
    return plant


def wrap(owner: Any, name: str, wrong: Callable[..., Any]) -> Any:
    """Replaces a function by `wrong`, which gets the right one as its first argument."""
    right = getattr(owner, name)
    return mock.patch.object(owner, name, lambda *arguments, **named: wrong(right, *arguments, **named))


def without_facts(lost: Callable[[Pipeline, Fact], bool]) -> Any:
    """Drops the facts that are `lost` before they are counted."""

    def apply(right: Any, pipeline: Pipeline, payload: bytes, *, doubted: bool = False) -> Any:
        batch = decode(payload)
        batch.facts = [fact for fact in batch.facts if not lost(pipeline, fact)]
        return right(pipeline, encode(batch), doubted=doubted)

    return wrap(Pipeline, "apply", apply)
