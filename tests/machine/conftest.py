"""The proof machine says what it did also when only this folder is run."""

from tests.machine.report import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
