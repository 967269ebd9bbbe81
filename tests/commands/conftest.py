"""Fixtures of the commands' tests."""

from tests.commands.running import start_up

__all__ = ["start_up"]
