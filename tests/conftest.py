"""What the whole run says at its end."""

from tests.machine.report import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
